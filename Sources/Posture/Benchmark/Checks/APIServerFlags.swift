import Bytes
import Kube

/// Section 1.2: the API server.
enum APIServerFlags {
  static let checks: [BenchmarkCheck] = [
    AnonymousRequests.check,
    flag("1.2.2", "No file of static tokens", "--token-auth-file is not given", "token-auth-file", .notGiven),
    plugin("1.2.3", "DenyServiceExternalIPs", mustBeOn: true),
    .flags(
      "1.2.4", "Client certificate towards kubelets",
      "--kubelet-client-certificate and --kubelet-client-key are given", .apiServer,
      [FlagRule("kubelet-client-certificate", .given), FlagRule("kubelet-client-key", .given)],
      remedy: .flags(.apiServer, ["kubelet-client-certificate=…", "kubelet-client-key=…"])),
    flag(
      "1.2.5", "Kubelets' certificates are verified", "--kubelet-certificate-authority is given",
      "kubelet-certificate-authority", .given, remedy: "kubelet-certificate-authority=/etc/kubernetes/pki/ca.crt"),
    AuthorizationModes.check(
      "1.2.6", "Not every request is allowed", "no authorizer AlwaysAllow", .lacks("AlwaysAllow")),
    AuthorizationModes.check("1.2.7", "Kubelets are held to their own nodes", "the authorizer Node", .holds("Node")),
    AuthorizationModes.check("1.2.8", "Requests are authorized by RBAC", "the authorizer RBAC", .holds("RBAC")),
    plugin("1.2.9", "EventRateLimit", mustBeOn: true),
    plugin("1.2.10", "AlwaysAdmit", mustBeOn: false),
    plugin("1.2.11", "AlwaysPullImages", mustBeOn: true),
    plugin("1.2.12", "ServiceAccount", mustBeOn: true, isStandard: true),
    plugin("1.2.13", "NamespaceLifecycle", mustBeOn: true, isStandard: true),
    plugin("1.2.14", "NodeRestriction", mustBeOn: true),
    flag("1.2.15", "Profiling is off", "--profiling=false", "profiling", .equals("false"), standard: "true"),
    flag(
      "1.2.16", "Audit log is written", "--audit-log-path is given", "audit-log-path", .given,
      remedy: "audit-log-path=/var/log/kubernetes/audit/audit.log"),
    flag(
      "1.2.17", "Audit logs are kept 30 days", "--audit-log-maxage of 30 or more", "audit-log-maxage", .atLeast(30),
      remedy: "audit-log-maxage=30"),
    flag(
      "1.2.18", "Ten old audit logs are kept", "--audit-log-maxbackup of 10 or more", "audit-log-maxbackup",
      .atLeast(10), remedy: "audit-log-maxbackup=10"),
    flag(
      "1.2.19", "Audit logs grow to 100 MB", "--audit-log-maxsize of 100 or more", "audit-log-maxsize", .atLeast(100),
      remedy: "audit-log-maxsize=100"),
    flag(
      "1.2.20", "Requests time out", "--request-timeout above 0 and of 5 minutes at most", "request-timeout",
      .seconds(atMost: 300), standard: "1m0s", remedy: "request-timeout=60s"),
    flag(
      "1.2.21", "Deleted tokens end at once", "--service-account-lookup is not false", "service-account-lookup",
      .equals("true"), standard: "true"),
    flag(
      "1.2.22", "Own key for service account tokens", "--service-account-key-file is given", "service-account-key-file",
      .given, remedy: "service-account-key-file=/etc/kubernetes/pki/sa.pub"),
    towardsEtcd(
      "1.2.23", "Client certificate towards etcd", "--etcd-certfile and --etcd-keyfile are given",
      [FlagRule("etcd-certfile", .given), FlagRule("etcd-keyfile", .given)], ["etcd-certfile=…", "etcd-keyfile=…"]),
    .flags(
      "1.2.24", "Certificate of its own", "--tls-cert-file and --tls-private-key-file are given", .apiServer,
      [FlagRule("tls-cert-file", .given), FlagRule("tls-private-key-file", .given)],
      remedy: .flags(.apiServer, ["tls-cert-file=…", "tls-private-key-file=…"])),
    flag(
      "1.2.25", "Client certificates are verified", "--client-ca-file is given", "client-ca-file", .given,
      remedy: "client-ca-file=/etc/kubernetes/pki/ca.crt"),
    towardsEtcd(
      "1.2.26", "etcd's certificate is verified", "--etcd-cafile is given", [FlagRule("etcd-cafile", .given)],
      ["etcd-cafile=/etc/kubernetes/pki/etcd/ca.crt"]),
    BenchmarkCheck(
      "1.2.27", "Encryption at rest is configured", "--encryption-provider-config is given",
      node: { node in
        node.judge(
          .apiServer, FlagRule("encryption-provider-config", .given),
          remedy: [.k3s, .rke2].contains(node.distribution)
            ? .text(
              "in /etc/rancher/\(node.distribution.rawValue)/config.yaml: secrets-encryption: true, then restart \(node.distribution.rawValue)"
            ) : .flag(.apiServer, "encryption-provider-config=/etc/kubernetes/encryption-config.yaml"))
      }),
    EncryptionProviders.check,
    BenchmarkCheck(
      "1.2.29", "Strong ciphers only", "--tls-cipher-suites with strong ciphers only",
      editions: { node, edition in
        let allowed = CipherSuites.apiServer(edition)
        return node.judge(
          .apiServer, FlagRule("tls-cipher-suites", .within(allowed)),
          remedy: .flag(.apiServer, "tls-cipher-suites=" + allowed.joined(separator: ",")))
      }),
    flag(
      "1.2.30", "Tokens of service accounts end in time", "--service-account-extend-token-expiration=false",
      "service-account-extend-token-expiration", .equals("false"), standard: "true"),
  ]

  private static func flag(
    _ key: String, _ title: String, _ expected: String, _ name: String, _ rule: ValueRule, standard: String? = nil,
    remedy: String? = nil
  ) -> BenchmarkCheck {
    .flag(key, title, expected, .apiServer, name, rule, standard: standard, remedy: remedy)
  }

  /// How etcd is reached. Where k3s has no etcd, and its objects in a database behind a socket of the node, there is nothing to secure.
  private static func towardsEtcd(
    _ key: String, _ title: String, _ expected: String, _ rules: [FlagRule], _ flags: [String]
  ) -> BenchmarkCheck {
    BenchmarkCheck(
      key, title, expected,
      node: { node in
        if let verdict = node.exemption(.apiServer) { return verdict }
        return node.comparing(.apiServer) { view in
          let servers = view.commands(.apiServer).first?.arguments.list("etcd-servers") ?? []
          if !servers.isEmpty, servers.allSatisfy({ $0.hasPrefix("unix:") }) {
            return BenchmarkVerdict(.notApplicable(.notOnNode(.etcd)))
          }
          return view.judge(.apiServer, rules, remedy: .flags(.apiServer, flags))
        }
      })
  }

  /// A plugin is on where it is named, or is by standard and not switched off; naming it wins over switching it off.
  /// Source: `pkg/kubeapiserver/options/admission.go`.
  private static func plugin(_ key: String, _ name: String, mustBeOn: Bool, isStandard: Bool = false) -> BenchmarkCheck
  {
    let remedy: BenchmarkRemedy =
      isStandard
      ? .text("take \(name) out of --disable-admission-plugins of the API server")
      : mustBeOn
        ? .flag(.apiServer, "enable-admission-plugins=…,\(name)")
        : .text("take \(name) out of --enable-admission-plugins of the API server")
    return BenchmarkCheck(
      key, "Admission plugin \(name) is \(mustBeOn ? "on" : "off")", "\(name) is \(mustBeOn ? "on" : "off")",
      node: { node in
        node.judge(.apiServer, remedy: remedy) { arguments, source in
          let on = arguments.list("enable-admission-plugins")
          let off = arguments.list("disable-admission-plugins")
          // The old flag names all plugins that are on, whatever the others say.
          let only = arguments.list("admission-control")
          let isOn =
            only?.contains(name) ?? (on?.contains(name) ?? false || isStandard && !(off?.contains(name) ?? false))
          var evidence = [
            BenchmarkEvidence(place: source.text, name: "--enable-admission-plugins", value: on?.joined(separator: ","))
          ]
          if let only {
            evidence.append(
              BenchmarkEvidence(place: source.text, name: "--admission-control", value: only.joined(separator: ",")))
          }
          if isStandard || off != nil {
            evidence.append(
              BenchmarkEvidence(
                place: source.text, name: "--disable-admission-plugins", value: off?.joined(separator: ",")))
          }
          return (isOn == mustBeOn, evidence)
        }
      })
  }
}

/// Ciphers that editions call strong.
enum CipherSuites {
  private static let modern = [
    "TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
  ]
  private static let chained = [
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA", "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
  ]
  private static let former = [
    "TLS_ECDHE_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_3DES_EDE_CBC_SHA", "TLS_RSA_WITH_AES_128_CBC_SHA",
    "TLS_RSA_WITH_AES_128_GCM_SHA256", "TLS_RSA_WITH_AES_256_CBC_SHA", "TLS_RSA_WITH_AES_256_GCM_SHA384",
  ]

  static func apiServer(_ edition: BenchmarkEdition) -> [String] {
    switch edition {
    case .v12: modern
    case .v11, .v10: modern + chained
    case .v9: modern + chained + former
    }
  }

  static func kubelet(_ edition: BenchmarkEdition) -> [String] {
    let strong = [
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
      "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
      "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
    ]
    // Two names of the same cipher: the IANA one ends with the hash.
    let same = ["TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"]
    return edition == .v12
      ? strong + same : strong + same + ["TLS_RSA_WITH_AES_256_GCM_SHA384", "TLS_RSA_WITH_AES_128_GCM_SHA256"]
  }
}
