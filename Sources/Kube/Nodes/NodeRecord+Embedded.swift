import Bytes

extension NodeRecord {
  /// The command lines of a component, of one that k3s holds by k3s's own flags and standards, and with those that
  /// OpenShift gives in a file.
  package func effectiveArguments(of component: NodeComponent) -> [NodeFact<ComponentArguments>] {
    let own = arguments(of: component)
    guard distribution.isEmbedded, component != .distribution else {
      return own.contains { $0.value?.value("openshift-config") != nil } ? own.map(withFile) : own
    }
    let seen = own.filter { !$0.isAbsent }
    guard seen.isEmpty else { return seen }
    let programs = arguments(of: .distribution)
    let known = programs.filter { $0.value != nil }
    return known.isEmpty
      ? [embedded(component, programs.first ?? .unread(.notCollected, .processes))]
      : known.map { embedded(component, $0) }
  }

  /// Whether a component is on the node, embedded ones included; nil where nobody can tell.
  package func holds(_ component: NodeComponent) -> Bool? {
    guard distribution.isEmbedded, component != .distribution else { return runs(component) }
    let facts = effectiveArguments(of: component)
    if facts.contains(where: { $0.value != nil }) { return true }
    return facts.allSatisfy(\.isAbsent) ? false : nil
  }

  /// OpenShift's API server and controller manager take flags from a file, and those of the command line over them.
  private func withFile(_ fact: NodeFact<ComponentArguments>) -> NodeFact<ComponentArguments> {
    guard case .read(let arguments, let source) = fact, let path = arguments.value("openshift-config") else {
      return fact
    }
    switch configuration(path) {
    case .absent: return .unread(.vanished, .file(path))
    case .unread(let reason, let place): return .unread(reason, place)
    case .read(let document, _):
      let given = ["apiServerArguments", "extendedArguments"].flatMap { document[$0]?.entries ?? [] }
      let words = given.flatMap { entry in
        (entry.value.array ?? [entry.value]).compactMap(\.text).map { "--\(entry.key)=\($0)" }
      }
      return .read(ComponentArguments(words + arguments.words), source)
    }
  }

  private func main(_ arguments: ComponentArguments) -> String {
    arguments.value("config") ?? arguments.value("c") ?? NodeLayout.layout(of: distribution).ownConfig[0]
  }

  /// Values by key, and the file that set a key last.
  private struct Settings: Sendable, Equatable {
    var values: [String: [String]] = [:]
    var files: [String: String] = [:]
  }

  /// What k3s's own configuration sets: `config.yaml`, and the files beside it, whose keys replace, or add to where they end
  /// with a plus. Source: `pkg/configfilearg` of k3s.
  private func distributionSettings(_ arguments: ComponentArguments) -> NodeFact<Settings> {
    let main = main(arguments)
    var files = [main]
    switch folder(main + ".d") {
    case .read(let below, _):
      // Only what is in the folder itself.
      let depth = main.count { $0 == "/" } + 1
      files += below.filter { path in
        path.count { $0 == "/" } == depth && [".yaml", ".yml"].contains { path.hasSuffix($0) }
      }.sorted()
    case .absent: break
    case .unread(let reason, let source): return .unread(reason, source)
    }
    var settings = Settings()
    for file in files {
      switch configuration(file) {
      case .absent: continue
      case .unread(let reason, let source): return .unread(reason, source)
      case .read(let document, _):
        for entry in document.entries {
          let values = (entry.value.array ?? [entry.value]).compactMap(\.text)
          let key = entry.key.hasSuffix("+") ? String(entry.key.dropLast()) : entry.key
          settings.values[key] = (key == entry.key ? [] : settings.values[key] ?? []) + values
          settings.files[key] = file
        }
      }
    }
    return .read(settings, .file(main))
  }

  private func embedded(
    _ component: NodeComponent, _ program: NodeFact<ComponentArguments>
  ) -> NodeFact<ComponentArguments> {
    guard case .read(let arguments, let source) = program else { return program }
    let isServer = arguments.words.first != "agent"
    if component.isControlPlane, !isServer { return .absent(source) }
    var settings = Settings()
    // What the node says of itself has them in it.
    if source != .nodeStatus {
      switch distributionSettings(arguments) {
      case .read(let found, _): settings = found
      case .absent: break
      case .unread(let reason, let source): return .unread(reason, source)
      }
    }
    func value(_ flag: String) -> String? { arguments.value(flag) ?? settings.values[flag]?.last }
    func isOn(_ flag: String) -> Bool { value(flag) == "true" }
    let config = "/var/lib/rancher/k3s/server/db/etcd/config"
    if component == .etcd {
      // Without a cluster of its own etcd it keeps its objects in SQLite or elsewhere.
      guard isOn("cluster-init") || file(config).value != nil else {
        return file(config).isAbsent ? .absent(source) : .unread(.notCollected, .file(config))
      }
      return .read(ComponentArguments(["--config-file=\(config)"]), .standard(.k3s))
    }
    let flag = component == .proxy ? "kube-proxy-arg" : "\(component.rawValue)-arg"
    // Of the same flag the command line's counts.
    func flags(_ values: [String]) -> [String] { values.map { $0.hasPrefix("-") ? $0 : "--" + $0 } }
    let ofFile = flags(settings.values[flag] ?? [])
    let ofCommand = flags(arguments.values(flag))
    let added = ofFile + ofCommand
    let replaced = Set(added.map { $0.prefix { $0 != "=" } })
    var words = Self.standards[component] ?? []
    if component == .apiServer {
      if isOn("cluster-init") || file(config).value != nil || value("server") != nil {
        words = words.filter { !$0.hasPrefix("--etcd-servers=") } + Self.ownEtcd
      } else if value("datastore-endpoint") != nil {
        // Objects are in a database elsewhere, whose address is not kept.
        words = words.filter { !$0.hasPrefix("--etcd-servers=") }
        for (name, given) in [
          ("cafile", "datastore-cafile"), ("certfile", "datastore-certfile"), ("keyfile", "datastore-keyfile"),
        ] {
          if let path = value(given) { words.append("--etcd-\(name)=\(path)") }
        }
      }
    }
    if component == .kubelet, source != .nodeStatus || folders[Self.dropIns] != nil {
      // Since 1.32 k3s writes what it sets into a file beside which others may stand, and gives no flags for it.
      switch folder(Self.dropIns) {
      case .read: words = ["--config-dir=\(Self.dropIns)"]
      case .absent: break
      case .unread(let reason, let place): return .unread(reason, place)
      }
    } else if component == .kubelet {
      return .unread(.notInSource, .file(Self.dropIns))
    }
    if component == .apiServer, isOn("secrets-encryption") {
      words.append("--encryption-provider-config=/var/lib/rancher/k3s/server/cred/encryption-config.json")
    }
    if component == .kubelet, isOn("protect-kernel-defaults") { words.append("--protect-kernel-defaults=true") }
    words.removeAll { replaced.contains($0.prefix { $0 != "=" }) }
    // Each flag is where it was written, and what k3s sets is nowhere.
    var origins: [String: NodeSource] = [:]
    func note(_ words: [String], _ place: NodeSource) {
      for word in words { origins[String(word.drop { $0 == "-" }.prefix { $0 != "=" })] = place }
    }
    let place = NodeSource.file(settings.files[flag] ?? main(arguments))
    note(words, .standard(.k3s))
    note(ofFile, place)
    note(ofCommand, source)
    let own: NodeSource = !ofCommand.isEmpty ? source : !ofFile.isEmpty ? place : .standard(.k3s)
    return .read(ComponentArguments(words + added).with(origins: origins), own)
  }

  /// How the API server reaches the etcd that k3s holds. Source: k3s 1.32 `pkg/etcd`, `pkg/daemons/control/deps`.
  private static let ownEtcd: [String] = {
    let tls = "/var/lib/rancher/k3s/server/tls/etcd"
    return [
      "--etcd-servers=https://127.0.0.1:2379", "--etcd-cafile=\(tls)/server-ca.crt",
      "--etcd-certfile=\(tls)/client.crt",
      "--etcd-keyfile=\(tls)/client.key",
    ]
  }()

  private static let dropIns = NodeLayout.layout(of: .k3s).kubeletDropIns ?? ""

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
