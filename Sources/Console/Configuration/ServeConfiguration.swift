package import Admission
import Bytes
package import Findings
package import Operations
package import PodSecurity

/// The configuration file of `serve`.
package struct ServeConfiguration: Sendable {
  /// What one path of the webhook judges by.
  package struct Profile: Sendable {
    /// A level of Pod Security with what is done about violations of it.
    package struct Level: Sendable {
      package let level: PodSecurityLevel
      package let mode: PolicyMode
    }

    /// Registries, and what is done about images from elsewhere.
    package struct Registries: Sendable {
      package let allowed: [String]
      package let mode: PolicyMode
      package let exempt: [String]
    }

    /// Who must have signed images, and what is done about those that are not.
    package struct Images: Sendable {
      package var files: ImageGateFile
      package var rules: ImageGate.Rules
    }

    package var name: String
    /// Files and folders of policies, bindings, params and CustomResourceDefinitions.
    package var policies: [String]
    /// Of policies that no binding names.
    package var unbound = PolicySet.Unbound.isNotInForce
    package var modes: [String: PolicyMode] = [:]
    /// Each level once, with the strongest of its modes.
    package var levels: [Level] = []
    /// Namespaces that the levels leave alone.
    package var levelExempt: [String] = []
    package var registries: Registries?
    package var images: Images?

    package init(name: String, policies: [String]) {
      self.name = name
      self.policies = policies
    }
  }

  package var profiles: [Profile]
  package var exemptions: [AdmissionExemption] = []
  /// The folder where verdicts on images are kept; nil: in memory alone.
  package var imageTrust: String?
  /// Where the webhook listens; nil where the file does not say so.
  package var admissionListen: EventConfiguration.Text?
  /// Whether the file speaks of the webhook at all.
  package var namesAdmission = false
  /// Of the server of events; nil where the file does not speak of it.
  package var events: EventConfiguration?

  package init(profiles: [Profile]) { self.profiles = profiles }

  /// - Parameters:
  ///   - bytes: YAML or JSON.
  ///   - file: for messages; files that it names are looked for from its folder on.
  ///   - policies: of profiles that name none.
  package init(_ bytes: [UInt8], file: String, policies: [String]) throws(BartizanError) {
    let reader = Reader(file: file)
    let stream = DocumentReader.read(bytes)
    if let error = stream.errors.first {
      throw BartizanError(.input, "\(file):\(max(1, error.line)): \(error.message)")
    }
    guard stream.documents.count == 1, let document = stream.documents.first, document.mapping != nil else {
      throw BartizanError(.input, "\(file): one document is wanted, a ServeConfiguration of bartizan.dev/v1")
    }
    guard document["apiVersion"]?.string == "bartizan.dev/v1", document["kind"]?.string == "ServeConfiguration" else {
      throw reader.fail("apiVersion: bartizan.dev/v1 and kind: ServeConfiguration are wanted", at: document)
    }
    try reader.only(["apiVersion", "kind", "metadata", "admission", "events"], in: document)
    let admission = document["admission"] ?? [:]
    namesAdmission = document["admission"] != nil
    try reader.only(["listen", "profiles", "exemptions", "imageTrust"], in: admission)
    admissionListen = try reader.text(admission, "listen", "admission.listen")
    imageTrust = try reader.path(admission, "imageTrust", "admission.imageTrust")?.value
    events = try document["events"].map { node throws(BartizanError) in try reader.events(node) }
    profiles = []
    for node in admission["profiles"]?.elements ?? [] {
      let profile = try reader.profile(node, policies: policies)
      guard !profiles.contains(where: { $0.name == profile.name }) else {
        throw reader.fail("two profiles are named \(profile.name)", at: node)
      }
      profiles.append(profile)
    }
    if profiles.isEmpty { profiles = [Profile(name: "default", policies: policies)] }
    for node in admission["exemptions"]?.elements ?? [] {
      exemptions.append(try AdmissionExemption(node, file: file))
    }
  }

  private struct Reader {
    let file: String

    func fail(_ text: String, at node: DocumentNode) -> BartizanError {
      BartizanError(.input, "\(file):\(max(1, node.line)): \(text)")
    }

    func only(_ keys: Set<String>, in node: DocumentNode) throws(BartizanError) {
      for entry in node.entries where !keys.contains(entry.key) {
        throw BartizanError(.input, "\(file):\(max(1, entry.line)): unknown field \"\(entry.key)\"")
      }
    }

    func mode(_ node: DocumentNode) throws(BartizanError) -> PolicyMode {
      // In YAML 1.1 the word off is a boolean.
      if node.bool == false { return .off }
      guard let mode = PolicyMode(rawValue: node.string ?? "") else {
        throw fail("\"\(node.text ?? "")\" is no mode; enforce, warn, audit or off is one", at: node)
      }
      return mode
    }

    /// Paths from the folder of the file on.
    func paths(_ node: DocumentNode?) -> [String] { (node?.strings ?? []).map { path($0) } }

    private func path(_ text: String) -> String {
      let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
      return text.hasPrefix("/") ? text : folder + text
    }

    func text(_ node: DocumentNode, _ key: String, _ name: String) throws(BartizanError) -> EventConfiguration.Text? {
      guard let value = node[key], !value.isNull else { return nil }
      guard let text = value.text else { throw fail("\(name): a text is wanted", at: value) }
      return EventConfiguration.Text(text, "\(file):\(max(1, value.line)): \(name)")
    }

    func path(_ node: DocumentNode, _ key: String, _ name: String) throws(BartizanError) -> EventConfiguration
      .Text?
    {
      guard let text = try text(node, key, name) else { return nil }
      return EventConfiguration.Text(path(text.value), text.name)
    }

    private func list(_ node: DocumentNode, _ key: String, _ name: String) throws(BartizanError) -> [EventConfiguration
      .Text]
    {
      guard let value = node[key], !value.isNull else { return [] }
      guard let items = value.array else { throw fail("\(name): a list is wanted", at: value) }
      var texts: [EventConfiguration.Text] = []
      for item in items {
        guard let text = item.text else { throw fail("\(name): texts are wanted", at: item) }
        texts.append(EventConfiguration.Text(text, "\(file):\(max(1, item.line)): \(name)"))
      }
      return texts
    }

    func events(_ node: DocumentNode) throws(BartizanError) -> EventConfiguration {
      guard node.mapping != nil || node.isNull else { throw fail("events: an object is wanted", at: node) }
      try only(
        ["listen", "data", "tokens", "tls", "retention", "trustedProxies", "fluent", "syslog", "detection"], in: node)
      var events = EventConfiguration()
      events.listen = try text(node, "listen", "events.listen")
      events.data = try path(node, "data", "events.data")
      events.tokens = try path(node, "tokens", "events.tokens")
      let tls = node["tls"] ?? [:]
      try only(["certificate", "key", "clientAuthority", "certificates", "names"], in: tls)
      events.certificate = try path(tls, "certificate", "events.tls.certificate")
      events.key = try path(tls, "key", "events.tls.key")
      events.clientAuthority = try path(tls, "clientAuthority", "events.tls.clientAuthority")
      events.certificates = try path(tls, "certificates", "events.tls.certificates")
      events.names = try list(tls, "names", "events.tls.names")
      let retention = node["retention"] ?? [:]
      try only(["age", "size", "sources", "alerts"], in: retention)
      events.retainAlerts = try text(retention, "alerts", "events.retention.alerts")
      events.retain = try text(retention, "age", "events.retention.age")
      events.retainSize = try text(retention, "size", "events.retention.size")
      for entry in retention["sources"]?.entries ?? [] {
        guard let span = entry.value.text else {
          throw fail("events.retention.sources: spans are wanted", at: entry.value)
        }
        events.retainSources.append(
          EventConfiguration.Text(
            "\(entry.key)=\(span)", "\(file):\(max(1, entry.line)): events.retention.sources"))
      }
      events.trustedProxies = try list(node, "trustedProxies", "events.trustedProxies")
      let fluent = node["fluent"] ?? [:]
      try only(["listen", "keyFile", "usersFile"], in: fluent)
      events.fluent = try text(fluent, "listen", "events.fluent.listen")
      events.fluentKeyFile = try path(fluent, "keyFile", "events.fluent.keyFile")
      events.fluentUsers = try path(fluent, "usersFile", "events.fluent.usersFile")
      let detection = node["detection"] ?? [:]
      try only(["enabled", "rules", "forward", "snapshots", "selfTest"], in: detection)
      events.snapshots = try list(detection, "snapshots", "events.detection.snapshots").map { text in
        EventConfiguration.Text(path(text.value), text.name)
      }
      if detection["selfTest"]?.bool == false {
        // In YAML 1.1 the word off is a boolean.
        events.selfTest = EventConfiguration.Text("off", "events.detection.selfTest")
      } else {
        events.selfTest = try text(detection, "selfTest", "events.detection.selfTest")
      }
      if let enabled = detection["enabled"] {
        guard let flag = enabled.bool else {
          throw fail("events.detection.enabled: true or false is wanted", at: enabled)
        }
        events.detects = flag
      }
      events.rules = try list(detection, "rules", "events.detection.rules").map { text in
        EventConfiguration.Text(path(text.value), text.name)
      }
      events.forward = try path(detection, "forward", "events.detection.forward")
      let syslog = node["syslog"] ?? [:]
      try only(["listen", "tlsListen", "from"], in: syslog)
      events.syslog = try text(syslog, "listen", "events.syslog.listen")
      events.syslogTLS = try text(syslog, "tlsListen", "events.syslog.tlsListen")
      events.syslogFrom = try list(syslog, "from", "events.syslog.from")
      return events
    }

    func profile(_ node: DocumentNode, policies: [String]) throws(BartizanError) -> Profile {
      try only(["name", "policies", "unbound", "modes", "podSecurity", "registries", "images"], in: node)
      let name = node["name"]?.string ?? ""
      let isName =
        !name.isEmpty && name.utf8.count <= 63
        && name.utf8.allSatisfy {
          ($0 | 0x20) &- 0x61 < 26 || $0 &- 0x30 < 10 || $0 == 0x2D || $0 == 0x2E || $0 == 0x5F
        }
      guard isName else {
        throw fail("the name of a profile is a part of a path: letters, digits, dots and dashes", at: node)
      }
      let own = paths(node["policies"])
      var profile = Profile(name: name, policies: node["policies"] == nil ? policies : own)
      switch node["unbound"]?.string {
      case nil, "ignore": break
      case "enforce": profile.unbound = .deniesEverywhere
      default: throw fail("unbound is ignore or enforce", at: node["unbound"] ?? node)
      }
      for entry in node["modes"]?.entries ?? [] { profile.modes[entry.key] = try mode(entry.value) }
      try podSecurity(node["podSecurity"], &profile)
      if let registries = node["registries"] {
        try only(["allowed", "mode", "exempt"], in: registries)
        let allowed = registries["allowed"]?.strings ?? []
        guard !allowed.isEmpty else { throw fail("registries allows none", at: registries) }
        for entry in allowed where !RegistryPolicies.isRegistry(entry) {
          throw fail("\"\(entry)\" is no registry, and no part of one such as registry.example/team", at: registries)
        }
        profile.registries = .init(
          allowed: allowed,
          mode: try registries["mode"].map { node throws(BartizanError) in try mode(node) } ?? .enforce,
          exempt: registries["exempt"]?.strings ?? [])
      }
      if let images = node["images"] { profile.images = try self.images(images) }
      return profile
    }

    private func images(_ node: DocumentNode) throws(BartizanError) -> Profile.Images {
      try only(
        [
          "policies", "mode", "unknown", "unmatched", "tags", "exempt", "trustedRoot", "trustStore", "revocationLists",
          "statusResponses", "fetchRevocation", "registry", "lifetimes",
        ], in: node)
      var files = ImageGateFile()
      files.policies = paths(node["policies"])
      guard !files.policies.isEmpty else { throw fail("images names no policies: nothing would be asked", at: node) }
      files.trustedRoot = try path(node, "trustedRoot", "images.trustedRoot")?.value
      files.trustStore = try path(node, "trustStore", "images.trustStore")?.value
      files.revocationLists = paths(node["revocationLists"])
      files.statusResponses = paths(node["statusResponses"])
      if let value = node["fetchRevocation"] {
        guard let flag = value.bool else { throw fail("images.fetchRevocation is true or false", at: value) }
        files.fetchesRevocation = flag
      }
      let registry = node["registry"] ?? [:]
      try only(["credentials", "authority", "plainHTTP", "mirrors"], in: registry)
      files.credentials = try path(registry, "credentials", "images.registry.credentials")?.value
      files.registryAuthority = try path(registry, "authority", "images.registry.authority")?.value
      if let value = registry["plainHTTP"] {
        guard let flag = value.bool else { throw fail("images.registry.plainHTTP is true or false", at: value) }
        files.plainHTTP = flag
      }
      for entry in registry["mirrors"]?.entries ?? [] {
        let mirrors = entry.value.strings
        guard !mirrors.isEmpty else {
          throw fail("images.registry.mirrors: a list of registries is wanted", at: entry.value)
        }
        files.mirrors[entry.key] = mirrors
      }
      var rules = ImageGate.Rules()
      if let value = node["mode"] { rules.mode = try mode(value) }
      rules.unknown = rules.mode
      if let value = node["unknown"] { rules.unknown = try mode(value) }
      if let value = node["unmatched"] { rules.unmatched = try mode(value) }
      if let value = node["tags"] {
        guard let tags = ImageGate.Tags(rawValue: value.string ?? "") else {
          throw fail("images.tags is verify, pin or refuse", at: value)
        }
        rules.tags = tags
      }
      rules.exempt = node["exempt"]?.strings ?? []
      let lifetimes = node["lifetimes"] ?? [:]
      try only(["verified", "refused", "kept"], in: lifetimes)
      if let time = try span(lifetimes, "verified") { rules.lifetimes.verified = time }
      if let time = try span(lifetimes, "refused") { rules.lifetimes.refused = time }
      if let time = try span(lifetimes, "kept") { rules.lifetimes.kept = time }
      return Profile.Images(files: files, rules: rules)
    }

    /// A span of time, such as 90s, 1h or 7d.
    private func span(_ node: DocumentNode, _ key: String) throws(BartizanError) -> Duration? {
      guard let value = node[key] else { return nil }
      let text = value.text ?? ""
      let units = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
      guard let unit = text.last.flatMap({ units[String($0)] }), let number = Int(text.dropLast()),
        (0...1_000_000).contains(number)
      else { throw fail("images.lifetimes.\(key): wanted is a span such as 90s, 1h or 7d", at: value) }
      return .seconds(number * unit)
    }

    private func podSecurity(_ node: DocumentNode?, _ profile: inout Profile) throws(BartizanError) {
      guard let node else { return }
      try only(["enforce", "warn", "audit", "exempt"], in: node)
      for (key, mode) in [("enforce", PolicyMode.enforce), ("warn", .warn), ("audit", .audit)] {
        guard let value = node[key] else { continue }
        guard let level = PodSecurityLevel(name: value.string ?? "") else {
          throw fail("\"\(value.text ?? "")\" is no level; privileged, baseline or restricted is one", at: value)
        }
        // The privileged level allows everything, and a level that is enforced need not be warned of.
        guard level != .privileged, !profile.levels.contains(where: { $0.level == level }) else { continue }
        profile.levels.append(.init(level: level, mode: mode))
      }
      profile.levelExempt = node["exempt"]?.strings ?? []
    }
  }
}
