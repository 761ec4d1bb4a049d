import Bytes
import Kube

/// Section 2: etcd. With a configuration file it ignores its flags.
enum EtcdFlags {
  /// A setting, wherever etcd takes it from.
  enum Setting {
    case given(String, NodeSource)
    case notGiven(NodeSource)
    case gap(BenchmarkVerdict)
  }

  private static let fields: [String: [String]] = [
    "cert-file": ["client-transport-security", "cert-file"], "key-file": ["client-transport-security", "key-file"],
    "client-cert-auth": ["client-transport-security", "client-cert-auth"],
    "auto-tls": ["client-transport-security", "auto-tls"],
    "trusted-ca-file": ["client-transport-security", "trusted-ca-file"],
    "peer-cert-file": ["peer-transport-security", "cert-file"],
    "peer-key-file": ["peer-transport-security", "key-file"],
    "peer-client-cert-auth": ["peer-transport-security", "client-cert-auth"],
    "peer-auto-tls": ["peer-transport-security", "auto-tls"],
    "peer-trusted-ca-file": ["peer-transport-security", "trusted-ca-file"], "data-dir": ["data-dir"],
  ]

  static func value(_ flag: String, _ node: BenchmarkNode) -> Setting {
    guard let (arguments, source) = node.commands(.etcd).first else {
      return .gap(node.exemption(.etcd) ?? BenchmarkVerdict(.notEvaluated(.unread(.notCollected))))
    }
    guard let path = arguments.path("config-file") else {
      if let value = arguments.value(flag) { return .given(value, source) }
      // Its environment sets what no flag does: where that was not read and no pod tells it, absence of a flag means nothing.
      if case .process = source, node.record.pods(of: .etcd).isEmpty,
        let reason = node.record.environmentGap(of: .etcd)
      {
        return .gap(BenchmarkVerdict(.notEvaluated(.unread(reason))))
      }
      return .notGiven(source)
    }
    switch node.document(path) {
    case .unread(let reason, _): return .gap(BenchmarkVerdict(.notEvaluated(.unread(reason))))
    case .absent: return .gap(BenchmarkVerdict(.notEvaluated(.unread(.vanished))))
    case .read(let document, let source):
      var found: DocumentNode? = document
      for key in fields[flag] ?? [flag] { found = found?[key] }
      return found?.text.map { .given($0, source) } ?? .notGiven(source)
    }
  }

  /// The addresses at which it listens without TLS, whatever certificates it is given: it ignores these then. Source: etcd
  /// `server/embed/etcd.go`, "The scheme of client url is HTTP while … key/cert files are presented".
  private static func plain(_ flag: String, _ node: BenchmarkNode) -> BenchmarkEvidence? {
    guard case .given(let value, let source) = value(flag, node),
      ValueRule.list(value).contains(where: { $0.lowercased().hasPrefix("http://") })
    else { return nil }
    return BenchmarkEvidence(place: source.text, name: "--" + flag, value: value)
  }

  /// Flags of etcd, or with a configuration the same in its file; k3s and RKE2 write that anew from their own.
  private static func remedy(_ node: BenchmarkNode, _ flags: [String]) -> BenchmarkRemedy {
    guard ![.k3s, .rke2].contains(node.distribution),
      let path = node.commands(.etcd).first?.arguments.path("config-file")
    else { return .flags(.etcd, flags) }
    let lines = flags.map { flag in
      let parts = flag.split(separator: "=", maxSplits: 1).map(String.init)
      return "\((fields[parts[0]] ?? [parts[0]]).joined(separator: ".")): \(parts.count > 1 ? parts[1] : "…")"
    }
    return .text("in \(path): \(lines.joined(separator: ", "))")
  }

  private static func check(
    _ key: String, _ title: String, _ expected: String, _ rules: [(flag: String, rule: ValueRule, standard: String?)],
    listen: String? = nil, remedy flags: String...
  ) -> BenchmarkCheck {
    BenchmarkCheck(
      key, title, expected,
      node: { node in
        if let verdict = node.exemption(.etcd) { return verdict }
        return node.comparing(.etcd) { node in
          var evidence: [BenchmarkEvidence] = []
          var isGood = true
          var missing = flags
          if let listen, let plain = Self.plain(listen, node) {
            evidence.append(plain)
            isGood = false
            missing.append(listen + "=https://…")
          }
          for (flag, rule, standard) in rules {
            switch value(flag, node) {
            case .gap(let verdict): return verdict
            case .given(let value, let source):
              isGood = isGood && rule.accepts(value)
              evidence.append(BenchmarkEvidence(place: source.text, name: "--" + flag, value: value))
            case .notGiven(let source):
              isGood = isGood && rule.accepts(standard)
              evidence.append(BenchmarkEvidence(place: source.text, name: "--" + flag, value: nil))
            }
          }
          return isGood
            ? BenchmarkVerdict(.pass, evidence)
            : BenchmarkVerdict(
              .fail, evidence,
              remedy: Self.remedy(node, missing))
        }
      })
  }

  static let checks: [BenchmarkCheck] = [
    check(
      "2.1", "TLS towards clients", "--cert-file and --key-file are given, and it listens by https only",
      [("cert-file", .given, nil), ("key-file", .given, nil)], listen: "listen-client-urls",
      remedy: "cert-file=…", "key-file=…"),
    check(
      "2.2", "Clients need a certificate", "--client-cert-auth=true, and it listens by https only",
      [("client-cert-auth", .equals("true"), "false")], listen: "listen-client-urls", remedy: "client-cert-auth=true"),
    check(
      "2.3", "No self-signed certificate for clients", "--auto-tls is not true",
      [("auto-tls", .equals("false"), "false")],
      remedy: "auto-tls=false"),
    check(
      "2.4", "TLS between members", "--peer-cert-file and --peer-key-file are given",
      [("peer-cert-file", .given, nil), ("peer-key-file", .given, nil)], listen: "listen-peer-urls",
      remedy: "peer-cert-file=…", "peer-key-file=…"),
    check(
      "2.5", "Members need a certificate", "--peer-client-cert-auth=true",
      [("peer-client-cert-auth", .equals("true"), "false")], listen: "listen-peer-urls",
      remedy: "peer-client-cert-auth=true"),
    check(
      "2.6", "No self-signed certificate between members", "--peer-auto-tls is not true",
      [("peer-auto-tls", .equals("false"), "false")], remedy: "peer-auto-tls=false"),
    authority,
  ]

  /// The same authority by another path is the same: where both certificates were read, their fingerprints decide.
  private static let authority = BenchmarkCheck(
    "2.7", "etcd has an authority of its own", "etcd's --trusted-ca-file is not the API server's --client-ca-file",
    node: { node in
      if let verdict = node.exemption(.etcd) { return verdict }
      return node.comparing(.etcd) { $0.comparing(.apiServer, compareAuthorities) }
    })

  private static func compareAuthorities(_ node: BenchmarkNode) -> BenchmarkVerdict {
    let remedy = BenchmarkRemedy.text(
      "give etcd an authority of its own (--trusted-ca-file), which signs no clients of the API server")
    let trusted: (String, NodeSource)
    switch value("trusted-ca-file", node) {
    case .gap(let verdict): return verdict
    case .notGiven(let source):
      return BenchmarkVerdict(
        .fail, [BenchmarkEvidence(place: source.text, name: "--trusted-ca-file", value: nil)], remedy: remedy)
    case .given(let path, let source): trusted = (path, source)
    }
    var evidence = [BenchmarkEvidence(place: trusted.1.text, name: "--trusted-ca-file", value: trusted.0)]
    guard let (arguments, source) = node.commands(.apiServer).first else {
      return BenchmarkVerdict(.notEvaluated(.unread(.notCollected)), evidence)
    }
    guard let path = arguments.path("client-ca-file") else {
      evidence.append(BenchmarkEvidence(place: source.text, name: "--client-ca-file", value: nil))
      return BenchmarkVerdict(.pass, evidence)
    }
    evidence.append(BenchmarkEvidence(place: source.text, name: "--client-ca-file", value: path))
    if path == trusted.0 { return BenchmarkVerdict(.fail, evidence, remedy: remedy) }
    switch (node.record.certificate(trusted.0), node.record.certificate(path)) {
    case (.read(let a, _), .read(let b, _)):
      evidence.append(BenchmarkEvidence(place: trusted.0, name: "SHA-256", value: a.fingerprint))
      evidence.append(BenchmarkEvidence(place: path, name: "SHA-256", value: b.fingerprint))
      return a.fingerprint == b.fingerprint
        ? BenchmarkVerdict(.fail, evidence, remedy: remedy) : BenchmarkVerdict(.pass, evidence)
    case (.unread(let reason, _), _), (_, .unread(let reason, _)):
      return BenchmarkVerdict(.notEvaluated(.unread(reason)), evidence)
    default: return BenchmarkVerdict(.notEvaluated(.unread(.vanished)), evidence)
    }
  }
}
