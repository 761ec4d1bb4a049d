import Bytes

extension NodeRecord {
  /// The command lines of a component, of one that k3s holds by k3s's own flags and standards.
  package func effectiveArguments(of component: NodeComponent) -> [NodeFact<ComponentArguments>] {
    guard distribution.isEmbedded, component != .distribution else { return arguments(of: component) }
    let own = arguments(of: component).filter { !$0.isAbsent }
    return own.isEmpty ? [embedded(component)] : own
  }

  /// Whether a component is on the node, embedded ones included; nil where nobody can tell.
  package func holds(_ component: NodeComponent) -> Bool? {
    guard distribution.isEmbedded, component != .distribution else { return runs(component) }
    let facts = effectiveArguments(of: component)
    if facts.contains(where: { $0.value != nil }) { return true }
    return facts.allSatisfy(\.isAbsent) ? false : nil
  }

  private func embedded(_ component: NodeComponent) -> NodeFact<ComponentArguments> {
    guard let own = arguments(of: .distribution).first else { return .unread(.notCollected, .processes) }
    guard case .read(let arguments, let source) = own else { return own }
    let isServer = arguments.words.first != "agent"
    if component.isControlPlane, !isServer { return .absent(source) }
    let path = NodeLayout.layout(of: distribution).ownConfig[0]
    let settings: DocumentNode
    switch configuration(path) {
    case .read(let document, _): settings = document
    case .absent: settings = .null
    case .unread(let reason, let source): return .unread(reason, source)
    }
    func isOn(_ flag: String) -> Bool {
      arguments.value(flag) == "true" || settings[flag]?.text == "true"
    }
    if component == .etcd {
      // Without a cluster of its own etcd it keeps its objects in SQLite or elsewhere.
      guard isOn("cluster-init") || file("/var/lib/rancher/k3s/server/db/etcd/config").value != nil else {
        return file("/var/lib/rancher/k3s/server/db/etcd/config").isAbsent
          ? .absent(source) : .unread(.notCollected, .file("/var/lib/rancher/k3s/server/db/etcd/config"))
      }
      return .read(ComponentArguments(["--config-file=/var/lib/rancher/k3s/server/db/etcd/config"]), .standard(.k3s))
    }
    let flag = component == .proxy ? "kube-proxy-arg" : "\(component.rawValue)-arg"
    let written = settings[flag].map { $0.array?.compactMap(\.text) ?? [$0.text].compactMap { $0 } } ?? []
    let added = (arguments.values(flag) + written).map { $0.hasPrefix("-") ? $0 : "--" + $0 }
    let replaced = Set(added.map { $0.prefix { $0 != "=" } })
    var words = Self.standards[component] ?? []
    if component == .apiServer, isOn("secrets-encryption") {
      words.append("--encryption-provider-config=/var/lib/rancher/k3s/server/cred/encryption-config.json")
    }
    if component == .kubelet, isOn("protect-kernel-defaults") { words.append("--protect-kernel-defaults=true") }
    words.removeAll { replaced.contains($0.prefix { $0 != "=" }) }
    return .read(ComponentArguments(words + added), .standard(.k3s))
  }

  /// What k3s starts its components with. Source: k3s 1.32 `pkg/daemons/control/server.go`, `pkg/daemons/agent`.
  private static let standards: [NodeComponent: [String]] = {
    let tls = "/var/lib/rancher/k3s/server/tls"
    let agent = "/var/lib/rancher/k3s/agent"
    let ciphers =
      "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305,TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305"
    return [
      .apiServer: [
        "--allow-privileged=true", "--anonymous-auth=false", "--authorization-mode=Node,RBAC",
        "--bind-address=127.0.0.1",
        "--client-ca-file=\(tls)/client-ca.crt", "--enable-admission-plugins=NodeRestriction",
        "--kubelet-certificate-authority=\(tls)/server-ca.crt",
        "--kubelet-client-certificate=\(tls)/client-kube-apiserver.crt",
        "--kubelet-client-key=\(tls)/client-kube-apiserver.key", "--profiling=false",
        "--etcd-servers=unix:///var/lib/rancher/k3s/server/kine.sock", "--service-account-key-file=\(tls)/service.key",
        "--service-account-signing-key-file=\(tls)/service.current.key",
        "--tls-cert-file=\(tls)/serving-kube-apiserver.crt", "--tls-private-key-file=\(tls)/serving-kube-apiserver.key",
        "--tls-cipher-suites=\(ciphers)",
      ],
      .controllerManager: [
        "--bind-address=127.0.0.1", "--profiling=false", "--root-ca-file=\(tls)/server-ca.crt",
        "--service-account-private-key-file=\(tls)/service.current.key", "--use-service-account-credentials=true",
      ],
      .scheduler: ["--bind-address=127.0.0.1", "--profiling=false"],
      .kubelet: [
        "--anonymous-auth=false", "--authorization-mode=Webhook", "--client-ca-file=\(agent)/client-ca.crt",
        "--kubeconfig=\(agent)/kubelet.kubeconfig", "--read-only-port=0",
        "--tls-cert-file=\(agent)/serving-kubelet.crt",
        "--tls-private-key-file=\(agent)/serving-kubelet.key",
      ],
      .proxy: ["--kubeconfig=\(agent)/kubeproxy.kubeconfig", "--metrics-bind-address=127.0.0.1:10249"],
    ]
  }()
}
