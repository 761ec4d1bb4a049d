/// Credentials in what an image says of itself: anybody who may pull it reads them there.
package enum ConfigurationSecrets {
  /// Looks at environment variables, labels and build steps of the configuration.
  ///
  /// - Parameter scanner: that knows what credentials look like.
  package static func find(
    _ configuration: ImageConfiguration, _ scanner: SecretScanner = .usual
  ) -> [FoundSecret] {
    var found: [FoundSecret] = []
    func add(_ name: String, _ value: String, _ place: String) {
      if let known = scanner.scan(Array(value.utf8), path: place).first {
        found.append(known.moved(to: place))
      } else if Credential.isCredential(name: name, value: value) {
        found.append(
          FoundSecret(
            rule: "named-credential", path: place, line: 0, shown: "… (\(value.count) characters)"))
      }
    }
    for variable in configuration.environment {
      guard let equals = variable.firstIndex(of: "=") else { continue }
      let name = String(variable[..<equals])
      add(name, String(variable[variable.index(after: equals)...]), "ENV \(name)")
    }
    for (key, value) in configuration.labels {
      add(key.split(separator: ".").last.map(String.init) ?? key, value, "LABEL \(key)")
    }
    for (place, command) in [
      ("ENTRYPOINT", configuration.entryPoint), ("CMD", configuration.command),
      ("HEALTHCHECK", configuration.healthCheck),
    ] where !command.isEmpty {
      let text = Array(command.joined(separator: " ").utf8)
      for secret in scanner.scan(text, path: place) + PlacedSecrets.find(text, as: .commands, path: place)
      where !found.contains(where: { $0.shown == secret.shown }) {
        found.append(secret.moved(to: place))
      }
    }
    let known = Set(configuration.environment)
    for (index, step) in configuration.history.enumerated() {
      // What a build is told in arguments stands before its commands.
      for word in step.command.split(whereSeparator: \.isWhitespace) where !known.contains(String(word)) {
        guard let equals = word.firstIndex(of: "=") else { continue }
        let name = String(word[..<equals].drop { $0 == "-" })
        let value = word[word.index(after: equals)...].filter { $0 != "\"" && $0 != "'" }
        add(name, value, "step \(index + 1), \(name.prefix(60))")
      }
      let rest = scanner.scan(Array(step.command.utf8), path: "step \(index + 1)")
      // The arguments of commands, one after the other.
      let commands = step.command.split(whereSeparator: { ";|&\n".contains($0) }).flatMap { command in
        PlacedSecrets.find(Array(command.utf8), as: .commands, path: "step \(index + 1)")
      }
      for secret in rest + commands where !found.contains(where: { $0.shown == secret.shown }) {
        found.append(secret.moved(to: secret.path))
      }
    }
    return found
  }
}
