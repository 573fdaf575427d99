/// Where the tasks of a command are to run; nil: on the threads that all tasks share.
///
/// Child tasks know by themselves. One that outlives whoever starts it is told: `Task(executorPreference: TaskHome.executor)`.
package enum TaskHome {
    @TaskLocal package static var executor: (any TaskExecutor)?
}
