import Bytes
import Kube

/// Section 4.2: the kubelet.
enum KubeletSettings {
  static let checks: [BenchmarkCheck] = [
    check(
      "4.2.1", "Requests without credentials are refused", "anonymous authentication is off",
      KubeletSetting("anonymous-auth", ["authentication", "anonymous", "enabled"], standard: "false", without: "true"),
      .equals("false"), "authentication.anonymous.enabled: false"),
    check(
      "4.2.2", "Not every request is allowed", "the authorization mode is not AlwaysAllow",
      KubeletSetting("authorization-mode", ["authorization", "mode"], standard: "Webhook", without: "AlwaysAllow"),
      .lacks("AlwaysAllow"), "authorization.mode: Webhook"),
    check(
      "4.2.3", "Client certificates are verified", "an authority for clients is given",
      KubeletSetting("client-ca-file", ["authentication", "x509", "clientCAFile"]), .given,
      "authentication.x509.clientCAFile: /etc/kubernetes/pki/ca.crt"),
    check(
      "4.2.4", "No port without authentication", "the read-only port is 0",
      KubeletSetting("read-only-port", ["readOnlyPort"], standard: "0", without: "10255"), .equals("0"),
      "readOnlyPort: 0"),
    check(
      "4.2.5", "Idle streams end", "the timeout of idle streams is above 0",
      KubeletSetting("streaming-connection-idle-timeout", ["streamingConnectionIdleTimeout"], standard: "4h0m0s"),
      .seconds(atMost: nil), "streamingConnectionIdleTimeout: 5m"),
    check(
      "4.2.6", "The kubelet keeps its iptables chains", "makeIPTablesUtilChains is true",
      KubeletSetting("make-iptables-util-chains", ["makeIPTablesUtilChains"], standard: "true"), .equals("true"),
      "makeIPTablesUtilChains: true"),
    .flag(
      "4.2.7", "The node has its own name", "--hostname-override is not given", .kubelet, "hostname-override", .notGiven
    ),
    check(
      "4.2.8", "Events are not lost", "eventRecordQPS is 0, which is without limit, or a positive rate",
      KubeletSetting("event-qps", ["eventRecordQPS"], standard: "50"), .atLeast(0), "eventRecordQPS: 50"),
    certificates,
    clientRotation,
    rotation,
    BenchmarkCheck(
      "4.2.12", "Strong ciphers only", "tlsCipherSuites with strong ciphers only",
      editions: { node, edition in
        let allowed = CipherSuites.kubelet(edition)
        return judge(
          node, KubeletSetting("tls-cipher-suites", ["tlsCipherSuites"]), .within(allowed),
          "tlsCipherSuites: [\(allowed.joined(separator: ", "))]")
      }),
    check(
      "4.2.13", "Pods cannot use up process ids", "podPidsLimit is above 0",
      KubeletSetting("pod-max-pids", ["podPidsLimit"], standard: "-1"), .positive, "podPidsLimit: 4096"),
    check(
      "4.2.14", "Pods have a seccomp profile by default", "seccompDefault is true",
      KubeletSetting("seccomp-default", ["seccompDefault"], standard: "false"), .equals("true"), "seccompDefault: true"),
    addresses,
  ]

  private static func check(
    _ key: String, _ title: String, _ expected: String, _ setting: KubeletSetting, _ rule: ValueRule, _ line: String
  ) -> BenchmarkCheck {
    BenchmarkCheck(key, title, expected, node: { judge($0, setting, rule, line) })
  }

  private static func judge(
    _ node: BenchmarkNode, _ setting: KubeletSetting, _ rule: ValueRule, _ line: String
  ) -> BenchmarkVerdict {
    // What the kubelet says of itself is enough, without its command line.
    if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
    return node.comparing(.kubelet) { judgeOne($0, setting, rule, line) }
  }

  private static func judgeOne(
    _ node: BenchmarkNode, _ setting: KubeletSetting, _ rule: ValueRule, _ line: String
  ) -> BenchmarkVerdict {
    let value = line.split(separator: ":", maxSplits: 1).last.map { $0.filter { !" []".contains($0) } } ?? ""
    let remedy = setting.remedy(node, line, flag: "\(setting.flag)=\(value)")
    switch setting.value(node) {
    case .gap(let verdict): return verdict
    case .template(let value, let evidence):
      return rule.accepts(value)
        ? BenchmarkVerdict(.notEvaluated(.unread(.notInSource)), evidence)
        : BenchmarkVerdict(.fail, evidence, remedy: remedy)
    case .known(let value, let evidence):
      guard rule.accepts(value) else { return BenchmarkVerdict(.fail, evidence, remedy: remedy) }
      if let written = setting.written(node), !rule.accepts(written.value) {
        return BenchmarkVerdict(.warn(.contradiction), evidence + [written.evidence], remedy: remedy)
      }
      return BenchmarkVerdict(.pass, evidence)
    }
  }

  /// The benchmark accepts that it is not set, and calls that on; the kubelet's own standard is off.
  private static let clientRotation = BenchmarkCheck(
    "4.2.10", "Client certificates are rotated", "rotateCertificates is not false",
    node: { node in
      let setting = KubeletSetting("rotate-certificates", ["rotateCertificates"])
      let line = "rotateCertificates: true"
      if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
      return node.comparing(.kubelet) { node in
        guard case .known(nil, let evidence) = setting.value(node) else {
          return judgeOne(node, setting, .equals("true"), line)
        }
        // k3s and RKE2 renew the certificates themselves.
        return [.k3s, .rke2].contains(node.distribution)
          ? BenchmarkVerdict(.pass, evidence)
          : BenchmarkVerdict(
            .warn(.judgement), evidence, remedy: setting.remedy(node, line, flag: "rotate-certificates=true"))
      }
    })

  /// A certificate of its own, given or signed by the cluster's authority.
  private static let certificates = BenchmarkCheck(
    "4.2.9", "Certificate that the cluster can verify",
    "tlsCertFile and tlsPrivateKeyFile are given, or serverTLSBootstrap is true",
    node: { node in
      if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
      let bootstrap = KubeletSetting("rotate-server-certificates", ["serverTLSBootstrap"], standard: "false")
      return node.comparing(.kubelet) { node in
        var evidence: [BenchmarkEvidence] = []
        var values: [String?] = []
        for setting in [
          KubeletSetting("tls-cert-file", ["tlsCertFile"]),
          KubeletSetting("tls-private-key-file", ["tlsPrivateKeyFile"]), bootstrap,
        ] {
          switch setting.value(node) {
          case .gap(let verdict): return verdict
          case .template: return BenchmarkVerdict(.notEvaluated(.unread(.notInSource)))
          case .known(let value, let own):
            values.append(value)
            evidence += own
          }
        }
        let isGiven = values.prefix(2).allSatisfy(ValueRule.given.accepts)
        return isGiven || ValueRule.equals("true").accepts(values[2])
          ? BenchmarkVerdict(.pass, evidence)
          : BenchmarkVerdict(
            .fail, evidence,
            remedy: bootstrap.remedy(node, "serverTLSBootstrap: true", flag: "rotate-server-certificates=true"))
      }
    })

  /// A gate that is on by standard. What names it counts before what names all gates of its stage, and a flag before a file.
  private static let rotation = BenchmarkCheck(
    "4.2.11", "Server certificates are rotated", "the feature gate RotateKubeletServerCertificate is not off",
    node: { node in
      if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
      return node.comparing(.kubelet, gate)
    })

  private static let rotationGate = "RotateKubeletServerCertificate"

  private static func gate(_ node: BenchmarkNode) -> BenchmarkVerdict {
    let command = node.commands(.kubelet).first
    var evidence: [BenchmarkEvidence] = []
    var answers: [[Bool?]] = []
    // Of both sources the one that names the gate itself, then the one that names all of them.
    let flags = FeatureGates(command?.arguments.list("feature-gates") ?? [])
    for name in [rotationGate, "AllBeta"] {
      var row: [Bool?] = []
      if node.record.kubelet.value == nil, let (arguments, source) = command, flags.isOn(name, stage: "") != nil {
        row.append(flags.isOn(name, stage: ""))
        evidence.append(
          BenchmarkEvidence(
            place: source.text, name: "--feature-gates", value: arguments.list("feature-gates")?.joined(separator: ","))
        )
      }
      // The flag of this setting is another one, so that only files are asked here.
      switch KubeletSetting("", ["featureGates", name]).value(node) {
      case .gap(let verdict):
        if row.isEmpty { return verdict }
      case .template(let value, let own):
        if ValueRule.equals("false").accepts(value) {
          row.append(false)
        } else if row.isEmpty, answers.allSatisfy(\.isEmpty) {
          return BenchmarkVerdict(.notEvaluated(.unread(.notInSource)), own)
        }
        evidence += own.filter { $0.name != "--" }
      case .known(let value, let own):
        if let value { row.append(ValueRule.equals("true").accepts(value)) }
        evidence += own.filter { $0.name != "--" }
      }
      answers.append(row)
    }
    if evidence.isEmpty, let (_, source) = command {
      evidence = [BenchmarkEvidence(place: source.text, name: "--feature-gates", value: nil)]
    }
    let isOn = answers.lazy.compactMap { $0.first ?? nil }.first ?? true
    guard !isOn else { return BenchmarkVerdict(.pass, evidence) }
    let place =
      flags.isOn(rotationGate, stage: "Beta") != nil
      ? .flags : KubeletSetting("feature-gates", ["featureGates", rotationGate]).place(node)
    return BenchmarkVerdict(
      .fail, evidence,
      remedy: .kubelet(
        field: "featureGates.\(rotationGate): true", flag: "feature-gates=\(rotationGate)=true", place))
  }

  /// Edition 1.11 alone asks for this setting of systemd.
  private static let addresses = BenchmarkCheck(
    "former-ip-address-deny", "systemd limits who reaches the kubelet", "IPAddressDeny=any in the kubelet's unit",
    node: { node in
      if let verdict = node.exemption(.kubelet) { return verdict }
      guard !node.layout.kubeletService.isEmpty else {
        return BenchmarkVerdict(.notApplicable(.distribution(node.distribution)))
      }
      var evidence: [BenchmarkEvidence] = []
      let dropIns = node.layout.unitDropIns.flatMap { node.record.folder($0).value ?? [] }.filter {
        $0.hasSuffix(".conf")
      }
      var seen = Set<String>()
      for path in node.layout.kubeletService + dropIns where seen.insert(path).inserted {
        switch node.document(path) {
        case .absent: continue
        case .unread(let reason, _): return BenchmarkVerdict(.notEvaluated(.unread(reason)))
        case .read(let unit, let source):
          let value = unit["IPAddressDeny"]?.text
          evidence.append(BenchmarkEvidence(place: source.text, name: "IPAddressDeny", value: value))
        }
      }
      if evidence.isEmpty { return BenchmarkVerdict(.notApplicable(.noFile)) }
      return evidence.contains { $0.value == "any" }
        ? BenchmarkVerdict(.pass, evidence)
        : BenchmarkVerdict(
          .fail, evidence,
          remedy: .text("IPAddressDeny=any and IPAddressAllow=… in the [Service] section of the kubelet's unit"))
    })
}
