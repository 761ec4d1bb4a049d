/// The command line of a component, and what it sets, as Go's flag libraries read it.
package struct ComponentArguments: Sendable, Equatable {
  /// The words after the program.
  package let words: [String]
  /// Each value of each flag, in order. Read once: many checks ask for many flags.
  private let flags: [String: [String]]
  /// Where single flags are from, where that is not where the others are.
  private var origins: [String: NodeSource] = [:]

  package init(_ words: [String]) {
    self.words = words
    flags = Self.parsed(words)
  }

  /// The same, with the place that some of the flags are from.
  ///
  /// - Parameter origins: by flag, without dashes.
  package func with(origins: [String: NodeSource]) -> ComponentArguments {
    var other = self
    other.origins = origins
    return other
  }

  /// Where a flag is from; nil where all of the command line is.
  package func origin(of flag: String) -> NodeSource? { origins[flag] }

  package static func == (a: ComponentArguments, b: ComponentArguments) -> Bool { a.words == b.words }

  /// Flags that take no value in the next word.
  private static let switches: Set<String> = [
    "anonymous-auth", "allow-privileged", "profiling", "service-account-lookup", "enable-bootstrap-token-auth",
    "service-account-extend-token-expiration", "use-service-account-credentials", "leader-elect", "client-cert-auth",
    "peer-client-cert-auth", "auto-tls", "peer-auto-tls", "rotate-certificates", "rotate-server-certificates",
    "make-iptables-util-chains", "protect-kernel-defaults", "seccomp-default", "fail-swap-on",
    "enable-aggregator-routing",
    "authentication-skip-lookup", "allocate-node-cidrs", "cloud-provider-gce", "enable-server", "tls-sni",
  ]

  private static func name(_ word: String) -> (name: String, value: String?)? {
    guard word.hasPrefix("-"), word != "-", word != "--" else { return nil }
    let body = word.utf8.drop { $0 == UInt8(ascii: "-") }
    let equals = body.firstIndex(of: UInt8(ascii: "="))
    let first = body[..<(equals ?? body.endIndex)]
    guard !first.isEmpty else { return nil }
    // Components take underscores for dashes.
    let name =
      first.contains(UInt8(ascii: "_"))
      ? String(decoding: first.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }, as: UTF8.self)
      : String(decoding: first, as: UTF8.self)
    return (name, equals.map { String(decoding: body[body.index(after: $0)...], as: UTF8.self) })
  }

  private static func parsed(_ words: [String]) -> [String: [String]] {
    var found: [String: [String]] = [:]
    var index = 0
    while index < words.count {
      defer { index += 1 }
      if words[index] == "--" { break }
      guard let (name, value) = Self.name(words[index]) else { continue }
      if let value {
        found[name, default: []].append(Self.unquoted(value))
      } else if !Self.switches.contains(name), index + 1 < words.count, !words[index + 1].hasPrefix("-") {
        index += 1
        found[name, default: []].append(words[index])
      } else {
        found[name, default: []].append("true")
      }
    }
    return found
  }

  /// Each value that a flag is given, in order; `true` for a switch without one.
  package func values(_ flag: String) -> [String] { flags[flag] ?? [] }

  /// The value that counts, which is the last; nil where the flag is not given.
  package func value(_ flag: String) -> String? { values(flag).last }

  /// The path that counts; nil where the flag is not given, or given with nothing, which takes a default or an earlier
  /// value back.
  package func path(_ flag: String) -> String? { value(flag).flatMap { $0.isEmpty ? nil : $0 } }

  /// Whether a feature gate is on; nil where neither it nor the gate of all of its stage is named.
  package func gate(_ name: String, stage: String) -> Bool? {
    FeatureGates(list("feature-gates") ?? []).isOn(name, stage: stage)
  }

  /// The elements of a list, which several flags of the same name add to; nil where it is not given.
  package func list(_ flag: String) -> [String]? {
    let all = values(flag)
    guard !all.isEmpty else { return nil }
    return all.flatMap { $0.split(separator: ",").map { String($0.trimmingSpace) } }.filter { !$0.isEmpty }
  }

  /// With what the environment sets below the flags: etcd takes `ETCD_AUTO_TLS` for `--auto-tls`. Source: etcd's
  /// `pkg/flags`.
  ///
  /// - Parameter environment: `NAME=VALUE` each; others than etcd's are left out.
  package func withEnvironment(_ environment: [String]) -> ComponentArguments {
    let given = environment.compactMap { line -> String? in
      guard line.hasPrefix("ETCD_"), let equals = line.firstIndex(of: "="), line[line.index(after: equals)...] != ""
      else { return nil }
      let name = line[..<equals].dropFirst(5).lowercased().replacing("_", with: "-")
      return "--\(name)=\(line[line.index(after: equals)...])"
    }
    return given.isEmpty ? self : ComponentArguments(given + words)
  }

  /// With what the environment sets below the flags of k3s and RKE2: only what decides which files and components are meant.
  /// Source: `pkg/cli/cmds` of k3s, `EnvVars` of its flags.
  ///
  /// - Parameter environment: `NAME=VALUE` each; others are left out.
  package func withDistributionEnvironment(_ environment: [String]) -> ComponentArguments {
    let given = environment.compactMap { line -> String? in
      guard let equals = line.firstIndex(of: "="), line[line.index(after: equals)...] != "",
        let flag = Self.distributionVariables[String(line[..<equals])]
      else { return nil }
      return "--\(flag)=\(line[line.index(after: equals)...])"
    }
    guard !given.isEmpty else { return self }
    // The command, `server` or `agent`, stays the first word.
    let command = words.first.map { $0.hasPrefix("-") ? [] : [$0] } ?? []
    return ComponentArguments(command + given + words.dropFirst(command.count))
  }

  private static let distributionVariables = [
    "K3S_CONFIG_FILE": "config", "RKE2_CONFIG_FILE": "config", "K3S_CLUSTER_INIT": "cluster-init",
  ]

  /// Files of arguments quote values as shells do.
  private static func unquoted(_ text: String) -> String {
    let bytes = text.utf8
    guard let first = bytes.first, first == UInt8(ascii: "\"") || first == UInt8(ascii: "'"), bytes.count >= 2,
      bytes.last == first
    else { return text }
    return String(text.dropFirst().dropLast())
  }

  /// The words of a file with arguments, as MicroK8s has them: one flag a line, `#` for comments.
  package init(file text: String) {
    self.init(
      text.split(whereSeparator: \.isNewline).map { $0.trimmingSpace }.filter {
        !$0.isEmpty && !$0.hasPrefix("#")
      }.flatMap { line -> [String] in
        let parts = line.split(separator: " ", maxSplits: 1)
        return parts.count == 2 && !parts[0].contains("=")
          ? [String(parts[0]), String(parts[1].trimmingSpace)] : [String(line)]
      })
  }

  /// The same with the values of flags that hold secrets replaced.
  package var withoutSecrets: ComponentArguments {
    var result: [String] = []
    var hidesNext = false
    for word in words {
      if hidesNext, !word.hasPrefix("-") {
        result.append("REDACTED")
        hidesNext = false
        continue
      }
      hidesNext = false
      guard let (name, value) = Self.name(word), Self.isSecret(name) else {
        result.append(Self.withoutNestedSecret(word))
        continue
      }
      if value != nil {
        result.append(String(word.prefix { $0 != "=" }) + "=REDACTED")
      } else {
        result.append(word)
        hidesNext = true
      }
    }
    return ComponentArguments(result)
  }

  private static func isSecret(_ name: String) -> Bool {
    ["t", "datastore-endpoint", "vpn-auth", "discovery", "manifest-url-header"].contains(name)
      || ["token", "password", "secret", "secret-key", "access-key"].contains { name.hasSuffix($0) }
  }

  /// A value may itself be a flag of a component (`--kube-apiserver-arg=oidc-client-secret=…`), or URLs with a password.
  private static func withoutNestedSecret(_ word: String) -> String {
    // A word that follows `--kube-apiserver-arg` is a flag without dashes.
    if !word.hasPrefix("-"), let equals = word.firstIndex(of: "="), let (name, _) = name("--" + word), isSecret(name) {
      return word[...equals] + "REDACTED"
    }
    if let (outer, given) = name(word), outer.hasSuffix("-arg"), let value = given,
      let equals = word.firstIndex(of: "="), let inner = value.firstIndex(of: "="), let (name, _) = name("--" + value),
      isSecret(name)
    {
      return word[...equals] + value[...inner] + "REDACTED"
    }
    return withoutPasswords(word)
  }

  /// A text with what stands before the `@` of its URLs replaced.
  package static func withoutPasswords(_ text: String) -> String {
    guard text.contains("://"), text.contains("@") else { return text }
    var result = ""
    var rest = text[...]
    while let mark = rest.firstRange(of: "://") {
      result += rest[..<mark.upperBound]
      rest = rest[mark.upperBound...]
      let authority = rest.prefix { !"/,? \t".contains($0) }
      if let at = authority.lastIndex(of: "@") {
        result += "REDACTED"
        rest = rest[at...]
      }
    }
    return result + rest
  }
}

extension StringProtocol {
  /// Without blanks and tabs at both ends.
  var trimmingSpace: SubSequence {
    var text = self[...]
    while let first = text.first, first == " " || first == "\t" { text = text.dropFirst() }
    while let last = text.last, last == " " || last == "\t" || last == "\r" { text = text.dropLast() }
    return text
  }
}
