import CCurl

extension CurlSettings {
    /// Opens the library that sends and says which it is. Nothing is sent.
    ///
    /// - Throws: `.unsent`, saying what to install.
    package func inspect() throws(TransportError) -> String {
        let library = try CurlLibrary(library)
        guard let version = library.functions.pointee.version_info(CURLVERSION_FIRST)?.pointee.version else {
            return self.library
        }
        return "\(self.library), version \(String(cString: version))"
    }
}
