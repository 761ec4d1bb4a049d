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
    let value = line.split(separator: ":", maxSplits: 1).last.map { $0.filter { !" []".contains($0) } } ?? ""
    let remedy = BenchmarkRemedy.kubelet(field: line, flag: "\(setting.flag)=\(value)")
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
      if node.record.kubelet.value != nil || node.exemption(.kubelet) == nil,
        case .known(nil, let evidence) = setting.value(node)
      {
        // k3s and RKE2 renew the certificates themselves.
        return [.k3s, .rke2].contains(node.distribution)
          ? BenchmarkVerdict(.pass, evidence)
          : BenchmarkVerdict(
            .warn(.judgement), evidence,
            remedy: .kubelet(field: line, flag: "rotate-certificates=true"))
      }
      return judge(node, setting, .equals("true"), line)
    })

  /// A certificate of its own, given or signed by the cluster's authority.
  private static let certificates = BenchmarkCheck(
    "4.2.9", "Certificate that the cluster can verify",
    "tlsCertFile and tlsPrivateKeyFile are given, or serverTLSBootstrap is true",
    node: { node in
      if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
      var evidence: [BenchmarkEvidence] = []
      var values: [String?] = []
      for setting in [
        KubeletSetting("tls-cert-file", ["tlsCertFile"]), KubeletSetting("tls-private-key-file", ["tlsPrivateKeyFile"]),
        KubeletSetting("rotate-server-certificates", ["serverTLSBootstrap"], standard: "false"),
      ] {
        switch setting.value(node) {
        case .gap(let verdict): return verdict
        case .template: return BenchmarkVerdict(.notEvaluated(.unread(.notInSource)))
        case .known(let value, let own):
          values.append(value)
          evidence += own
        }
      }
      let isGood = values[0] != nil && values[1] != nil || values[2] == "true"
      return isGood
        ? BenchmarkVerdict(.pass, evidence)
        : BenchmarkVerdict(
          .fail, evidence,
          remedy: .kubelet(field: "serverTLSBootstrap: true", flag: "rotate-server-certificates=true"))
    })

  private static let rotation = BenchmarkCheck(
    "4.2.11", "Server certificates are rotated", "the feature gate RotateKubeletServerCertificate is not off",
    node: { node in
      if node.record.kubelet.value == nil, let verdict = node.exemption(.kubelet) { return verdict }
      let remedy = BenchmarkRemedy.kubelet(
        field: "featureGates.RotateKubeletServerCertificate: true",
        flag: "feature-gates=RotateKubeletServerCertificate=true")
      if let (arguments, source) = node.commands(.kubelet).first, let gates = arguments.list("feature-gates"),
        let gate = gates.last(where: { $0.hasPrefix("RotateKubeletServerCertificate=") })
      {
        let evidence = [BenchmarkEvidence(place: source.text, name: "--feature-gates", value: gate)]
        return gate.lowercased().hasSuffix("=false")
          ? BenchmarkVerdict(.fail, evidence, remedy: remedy) : BenchmarkVerdict(.pass, evidence)
      }
      return judge(
        node, KubeletSetting("feature-gates", ["featureGates", "RotateKubeletServerCertificate"], standard: "true"),
        .equals("true"), "featureGates.RotateKubeletServerCertificate: true")
    })

  /// Edition 1.11 alone asks for this setting of systemd.
  private static let addresses = BenchmarkCheck(
    "former-ip-address-deny", "systemd limits who reaches the kubelet", "IPAddressDeny=any in the kubelet's unit",
    node: { node in
      if let verdict = node.exemption(.kubelet) { return verdict }
      guard !node.layout.kubeletService.isEmpty else {
        return BenchmarkVerdict(.notApplicable(.distribution(node.distribution)))
      }
      var evidence: [BenchmarkEvidence] = []
      for path in node.layout.kubeletService {
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
