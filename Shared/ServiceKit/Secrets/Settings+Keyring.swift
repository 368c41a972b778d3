import FoundationEssentials
package import Models

extension Settings {
    /// The keys that seal a service's secrets, from `<service>.encryptionKey`, or from the file that
    /// `<service>.encryptionKeyFile` names.
    ///
    /// A problem is noted when there is none, when both are set, or when it is not 32 bytes in base64, once or several
    /// times with commas between: the service does not start then.
    ///
    /// - Parameter service: The service that needs them.
    /// - Returns: The keys; `nil` when a problem was noted.
    package mutating func keyring(of service: ServiceName) -> Keyring? {
        let key = "\(service.rawValue).encryptionKey"
        let fileKey = "\(key)File"
        guard let file = optional(fileKey) else {
            let text = required(key, "32 random bytes in base64, under which secrets lie", isSecret: true)
            return text.isEmpty ? nil : keyring(text, from: key)
        }
        guard optional(key, isSecret: true) == nil else {
            note("and its value itself are both set: choose one", about: fileKey)
            return nil
        }
        guard let text = try? String(contentsOf: URL(filePath: file), encoding: .utf8) else {
            note("names no file that can be read", about: fileKey)
            return nil
        }
        return keyring(String(text.split(whereSeparator: \.isNewline).joined(separator: ",")), from: fileKey)
    }

    private mutating func keyring(_ text: String, from key: String) -> Keyring? {
        if let keyring = Keyring(text) { return keyring }
        note(
            "must be 32 bytes in base64, or several such keys with commas between, the one that seals first", about: key
        )
        return nil
    }
}
