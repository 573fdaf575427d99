extension String {
    /// As a message repeats it: who reads that something is wrong with ten megabytes does not want to read them.
    package var shortened: String {
        if utf8.count <= 200 { return self }
        return String(decoding: utf8.prefix(800), as: UTF8.self).prefix(80) + "…"
    }
}
