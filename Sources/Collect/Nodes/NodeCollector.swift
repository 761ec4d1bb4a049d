import Bytes
import Crypto
package import Kube

/// Reads what the benchmark asks of a node from its file system, mounted at a folder or our own. It only reads, runs
/// nothing, and keeps no secret.
package struct NodeCollector {
  private let folder: NodeFolder
  private let name: String?

  /// - Parameters:
  ///   - root: where the node's file system is; `/` for that of this machine.
  ///   - name: of the node; nil for its host name.
  ///   - mounted: which of the node's folders are there, where not all are; what is not there elsewhere counts as not read.
  package init(root: String, name: String? = nil, mounted: [String]? = nil) {
    folder = NodeFolder(root: root, mounted: mounted)
    self.name = name
  }

  /// What is known of the components while their files are looked for.
  private struct Running {
    /// Processes by component, in order of their ids.
    var processes: [NodeComponent: [Int]] = [:]
    /// The programs' paths.
    var programs: [String] = []
    /// The static pods of components, from their files.
    var pods: [NodeComponent: DocumentNode] = [:]
  }

  package func collect() -> NodeRecord {
    let hostname = text("/etc/hostname").value.map { String($0.prefix { !$0.isWhitespace }) } ?? ""
    var record = NodeRecord(name: name ?? (hostname.isEmpty ? "node" : hostname), distribution: distribution)
    var running = Running()
    processes(&record, &running)
    if record.distribution == .unknown { record.distribution = Self.distribution(of: running.programs) }
    let layout = NodeLayout.layout(of: record.distribution)
    specifications(&record, layout, &running)
    program(&record, layout)
    for path in layout.ownConfig + named(record, .distribution, "config") + named(record, .distribution, "c") {
      configuration(path, .distribution, &record)
      below(path + ".d", &record)
      for file in record.folders[path + ".d"]?.value ?? [] where file.hasSuffix(".yaml") || file.hasSuffix(".yml") {
        configuration(file, .distribution, &record)
      }
    }
    if record.distribution == .k3s {
      let path = layout.etcdData + "/config"
      record.files[path] = folder.status(path)
    }
    settings(&record, running)
    for path in layout.folders + named(record, .kubelet, "cni-conf-dir") { self.below(path, &record) }
    for path in layout.kubeletDropIns.flatMap({ record.folders[$0]?.value }) ?? [] where path.hasSuffix(".conf") {
      configuration(path, .kubelet, &record)
    }
    for path in layout.kubeletConfig + named(record, .kubelet, "config") { configuration(path, .kubelet, &record) }
    for path in layout.kubeletService { unit(path, &record) }
    var paths = layout.files + [layout.etcdData]
    paths += named(record, .kubelet, "config") + named(record, .kubelet, "kubeconfig")
    paths += named(record, .kubelet, "client-ca-file")
    let own =
      NodeLayout.keyFlags + [
        (.etcd, "data-dir"), (.scheduler, "kubeconfig"), (.controllerManager, "kubeconfig"), (.proxy, "kubeconfig"),
      ]
    for (component, flag) in own {
      for path in named(record, component, flag) where record.files[path] == nil {
        record.files[path] = ownStatus(path, component, running)
      }
    }
    for case .read(let document, _) in record.configurations.values {
      if let path = document[path: "authentication", "x509", "clientCAFile"]?.string { paths.append(path) }
      if let path = document["data-dir"]?.string { paths.append(path) }
    }
    for path in paths where record.files[path] == nil { record.files[path] = folder.status(path) }
    for path in layout.administrators { certificate(ofKubeconfig: path, &record) }
    var authorities = named(record, .apiServer, "client-ca-file") + named(record, .etcd, "trusted-ca-file")
    for case .read(let document, _) in record.configurations.values {
      if let path = document[path: "client-transport-security", "trusted-ca-file"]?.string { authorities.append(path) }
    }
    for path in authorities where record.certificates[path] == nil { record.certificates[path] = certificate(path) }
    for parameter in ["kernel.panic", "kernel.panic_on_oops", "vm.overcommit_memory", "vm.panic_on_oom"] {
      let path = "/proc/sys/" + parameter.replacing(".", with: "/")
      record.kernel[parameter] = text(path).map { String($0.prefix { !$0.isWhitespace }) }
    }
    record.runtime = runtime()
    return record
  }

  private var distribution: NodeDistribution {
    let marks: [(String, NodeDistribution)] = [
      ("/var/lib/rancher/rke2", .rke2), ("/var/lib/rancher/k3s", .k3s), ("/var/snap/microk8s/current", .microk8s),
      ("/etc/eks", .eks), ("/home/kubernetes/kubelet-config.yaml", .gke), ("/etc/kubernetes/azure.json", .aks),
      ("/etc/kubernetes/static-pod-resources", .openshift), ("/var/lib/kubelet/kubeadm-flags.env", .kubeadm),
      ("/etc/kubernetes/manifests/kube-apiserver.yaml", .kubeadm),
    ]
    return marks.first { folder.exists($0.0) }?.1 ?? .unknown
  }

  /// By where programs are, which tells where their files are not mounted.
  private static func distribution(of programs: [String]) -> NodeDistribution {
    let marks: [(String, NodeDistribution)] = [
      ("/home/kubernetes/", .gke), ("/snap/microk8s/", .microk8s), ("/var/lib/rancher/rke2/", .rke2),
    ]
    return marks.first { mark, _ in programs.contains { $0.hasPrefix(mark) } }?.1 ?? .unknown
  }

  private static func text(_ bytes: NodeFact<[UInt8]>) -> NodeFact<String> {
    bytes.flatMap { bytes, source in
      bytes.contains(0) ? .unread(.notText, source) : .read(String(decoding: bytes, as: UTF8.self), source)
    }
  }

  private func text(_ path: String) -> NodeFact<String> { Self.text(folder.read(path)) }

  private func document(_ path: String) -> NodeFact<DocumentNode> { Self.document(folder.read(path)) }

  private static func document(_ bytes: NodeFact<[UInt8]>) -> NodeFact<DocumentNode> {
    text(bytes).flatMap { text, source in
      let stream = DocumentReader.read(Array(text.utf8))
      // Half a file is none.
      guard stream.errors.isEmpty, let first = stream.documents.first, first.mapping != nil else {
        return .unread(.malformed, source)
      }
      return .read(first, source)
    }
  }

  private func configuration(_ path: String, _ kind: NodeConfiguration, _ record: inout NodeRecord) {
    guard record.configurations[path] == nil else { return }
    record.configurations[path] = document(path).map(kind.kept)
  }

  private func named(_ record: NodeRecord, _ component: NodeComponent, _ flag: String) -> [String] {
    record.effectiveArguments(of: component).compactMap { $0.value?.value(flag) }.filter { $0.hasPrefix("/") }
  }

  /// The command lines of components that run. What may not be read forbids to say that one does not run, and so does a table
  /// of processes that is not the node's: of these a kernel's thread, or a kubelet, is always one.
  private func processes(_ record: inout NodeRecord, _ running: inout Running) {
    let listed = folder.names("/proc")
    guard case .read(let names, _) = listed else {
      let reason = listed.unreadReason ?? .notCollected
      for component in NodeComponent.allCases { record.components[component] = [.unread(reason, .processes)] }
      return
    }
    var trouble: UnreadReason?
    var hasKernel = false
    for id in names.compactMap({ Int($0) }).sorted() {
      switch folder.read("/proc/\(id)/cmdline") {
      // One that ended meanwhile is no matter.
      case .absent, .unread(.vanished, _): continue
      case .unread(let reason, _): trouble = trouble ?? reason
      case .read(let bytes, _):
        if bytes.isEmpty, id == 2 { hasKernel = true }
        let given = bytes.split(separator: 0, omittingEmptySubsequences: false).map {
          String(decoding: $0, as: UTF8.self)
        }
        // The last word ends with a zero as well; a title leaves more of them behind.
        let end = given.last?.isEmpty == true ? given.dropLast() : given[...]
        let words = Array(end)
        let title = NodeComponent.title(Array(words[..<(words.lastIndex { !$0.isEmpty }.map { $0 + 1 } ?? 0)]))
        guard let component = NodeComponent(arguments: title ?? words) else { continue }
        running.processes[component, default: []].append(id)
        running.programs.append((title ?? words)[0])
        // A pod's own copy, such as that of a cluster within the cluster, is told apart by nothing; all are judged.
        guard title == nil else {
          record.components[component, default: []].append(.unread(.hidden, .process(id)))
          continue
        }
        var arguments = ComponentArguments(Array(words.dropFirst()))
        var gap: UnreadReason?
        if component == .etcd {
          switch folder.read("/proc/\(id)/environ") {
          case .read(let bytes, _):
            arguments = arguments.withEnvironment(bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
          case .absent: break
          case .unread(let reason, _): gap = reason
          }
        }
        record.components[component, default: []].append(.read(arguments.withoutSecrets, .process(id)))
        if let gap { record.components[component, default: []].append(.unread(gap, .process(id))) }
      }
    }
    let isOfNode = hasKernel || record.components[.kubelet] != nil || record.components[.distribution] != nil
    for component in NodeComponent.allCases where record.components[component] == nil {
      record.components[component] = [
        trouble.map { .unread($0, .processes) }
          ?? (isOfNode ? .absent(.processes) : .unread(.notCollected, .processes))
      ]
    }
  }

  /// The flags of k3s or RKE2, which hide them, from the unit that starts it.
  private func program(_ record: inout NodeRecord, _ layout: NodeLayout) {
    let isHidden = { (fact: NodeFact<ComponentArguments>) in fact.unreadReason == .hidden }
    guard record.components[.distribution]?.contains(where: isHidden) == true else { return }
    for path in layout.ownUnits {
      guard case .read(let main, let source) = text(path) else { continue }
      var texts = [main]
      if case .read(let names, _) = folder.names(path + ".d") {
        for name in names where name.hasSuffix(".conf") {
          guard case .read(let more, _) = text("\(path).d/\(name)") else { return }
          texts.append(more)
        }
      }
      guard let words = ServiceUnit(texts).command, NodeComponent(arguments: words) == .distribution else { continue }
      record.components[.distribution]?.removeAll(where: isHidden)
      record.components[.distribution]?.append(
        .read(ComponentArguments(Array(words.dropFirst())).withoutSecrets, source))
      return
    }
  }

  /// A file that a component is told of, which is where its container has it: by the process, which only whoever may look into it
  /// reads, or by the folder that its pod mounts there.
  private func ownDocument(
    _ path: String, _ component: NodeComponent, _ running: Running
  ) -> NodeFact<DocumentNode> {
    var refusal: UnreadReason?
    for id in running.processes[component] ?? [] {
      let own = Self.document(folder.root(ofProcess: id).read(path))
      if own.value != nil { return own }
      refusal = own.unreadReason
    }
    let found = document(running.pods[component].flatMap { Self.hostPath(of: path, in: $0) } ?? path)
    guard found.isAbsent, let refusal else { return found }
    return .unread(refusal, .file(path))
  }

  /// Owner and mode of a file that a component is told of, found as `ownDocument` finds it.
  private func ownStatus(
    _ path: String, _ component: NodeComponent, _ running: Running
  ) -> NodeFact<NodeRecord.FileStatus> {
    for id in running.processes[component] ?? [] {
      let own = folder.root(ofProcess: id).status(path)
      if own.value != nil { return own }
    }
    return folder.status(running.pods[component].flatMap { Self.hostPath(of: path, in: $0) } ?? path)
  }

  /// Where on the node a path of a pod's container is; nil for what is not mounted from it.
  private static func hostPath(of path: String, in pod: DocumentNode) -> String? {
    var best: (mount: String, host: String)?
    for container in pod[path: "spec", "containers"]?.elements ?? [] {
      for mount in container["volumeMounts"]?.elements ?? [] {
        guard let place = mount["mountPath"]?.string, place.count > best?.mount.count ?? 0,
          path == place || path.hasPrefix(place + "/"),
          let volume = pod[path: "spec", "volumes"]?.elements.first(where: { $0["name"] == mount["name"] }),
          let host = volume[path: "hostPath", "path"]?.string
        else { continue }
        best = (place, host)
      }
    }
    return best.map { $0.host + path.dropFirst($0.mount.count) }
  }

  private func specifications(_ record: inout NodeRecord, _ layout: NodeLayout, _ running: inout Running) {
    for (component, path) in layout.manifests.sorted(by: { $0.key < $1.key }) {
      let fact = document(path)
      record.files[path] = folder.status(path)
      guard case .read(let pod, let source) = fact else { continue }
      running.pods[component] = pod
      let containers = pod[path: "spec", "containers"]?.elements ?? []
      for (found, arguments) in containers.compactMap(NodeRecord.command) where found == component {
        record.components[component, default: []].append(.read(arguments, source))
      }
    }
    for (component, path) in layout.argumentFiles.sorted(by: { $0.key < $1.key }) {
      switch text(path) {
      case .read(let text, let source):
        record.components[component] = [.read(ComponentArguments(file: text).withoutSecrets, source)]
      case .absent(let source): record.components[component] = [.absent(source)]
      case .unread(let reason, let source): record.components[component] = [.unread(reason, source)]
      }
    }
    // Where a component runs, that nothing else starts it says nothing.
    for (component, facts) in record.components where facts.contains(where: { $0.value != nil }) {
      record.components[component] = facts.filter { !$0.isAbsent }
    }
  }

  /// Files that flags name.
  private func settings(_ record: inout NodeRecord, _ running: Running) {
    let flags: [(NodeComponent, String, NodeConfiguration)] = [
      (.apiServer, "audit-policy-file", .auditPolicy), (.apiServer, "encryption-provider-config", .encryption),
      (.apiServer, "authentication-config", .authentication), (.apiServer, "authorization-config", .authorization),
      (.scheduler, "config", .scheduler), (.etcd, "config-file", .etcd), (.kubelet, "config", .kubelet),
      (.proxy, "config", .proxy),
    ]
    // OpenShift's flags are in a file, whose path is a flag; those of the file name others.
    for component in [NodeComponent.apiServer, .controllerManager] {
      for path in record.arguments(of: component).compactMap({ $0.value?.value("openshift-config") })
      where path.hasPrefix("/") && record.configurations[path] == nil {
        record.configurations[path] = ownDocument(path, component, running).map(NodeConfiguration.openShift.kept)
      }
    }
    for (component, flag, kind) in flags {
      for path in named(record, component, flag) where record.configurations[path] == nil {
        let fact = ownDocument(path, component, running).map(kind.kept)
        // kube-proxy's file is in its pod: that the node has none says nothing.
        record.configurations[path] =
          component == .proxy && fact.isAbsent ? .unread(.permissionDenied, .file(path)) : fact
      }
    }
    for path in named(record, .kubelet, "config-dir") {
      below(path, &record)
      for file in record.folders[path]?.value ?? [] where file.hasSuffix(".conf") {
        configuration(file, .kubelet, &record)
      }
    }
  }

  private func below(_ path: String, _ record: inout NodeRecord) {
    guard record.folders[path] == nil else { return }
    let below = folder.below(path)
    record.folders[path] = below
    record.files[path] = folder.status(path)
    for inner in below.value ?? [] { record.files[inner] = folder.status(inner) }
  }

  /// Of a unit of systemd the one setting that is judged: its variables may hold secrets.
  private func unit(_ path: String, _ record: inout NodeRecord) {
    record.configurations[path] = text(path).map { text in
      let values = text.split(whereSeparator: \.isNewline).compactMap { line -> String? in
        let parts = line.split(separator: "=", maxSplits: 1)
        return parts.count == 2 && parts[0].filter({ $0 != " " }) == "IPAddressDeny"
          ? parts[1].filter { $0 != " " } : nil
      }
      return values.last.map { ["IPAddressDeny": DocumentNode(.string($0))] } ?? [:]
    }
  }

  private func summary(_ der: [UInt8]) -> NodeRecord.CertificateSummary? {
    NodeRecord.CertificateSummary(der: der, fingerprint: Hex.text(SHA256.hash(data: der)))
  }

  private func certificate(_ path: String) -> NodeFact<NodeRecord.CertificateSummary> {
    text(path).flatMap { text, source in
      guard let der = NodeRecord.CertificateSummary.der(pem: text), let summary = summary(der) else {
        return .unread(.malformed, source)
      }
      return .read(summary, source)
    }
  }

  /// The client certificate of a kubeconfig's first user; its key is not looked at.
  private func certificate(ofKubeconfig path: String, _ record: inout NodeRecord) {
    switch document(path) {
    case .absent(let source): record.certificates[path] = .absent(source)
    case .unread(let reason, let source): record.certificates[path] = .unread(reason, source)
    case .read(let document, let source):
      let user = document["users"]?.elements.first?["user"]
      if let data = user?["client-certificate-data"]?.string, let pem = Base64.decode(data),
        let der = NodeRecord.CertificateSummary.der(pem: String(decoding: pem, as: UTF8.self)),
        let summary = summary(der)
      {
        record.certificates[path] = .read(summary, source)
      } else if let file = user?["client-certificate"]?.string, file.hasPrefix("/") {
        record.certificates[path] = certificate(file)
      } else {
        record.certificates[path] = user == nil ? .unread(.malformed, source) : .absent(source)
      }
    }
  }

  private func runtime() -> NodeFact<String> {
    let sockets = [
      ("/run/containerd/containerd.sock", "containerd"), ("/run/k3s/containerd/containerd.sock", "containerd"),
      ("/var/run/crio/crio.sock", "cri-o"), ("/run/crio/crio.sock", "cri-o"),
      ("/var/run/cri-dockerd.sock", "cri-dockerd"),
    ]
    for (path, name) in sockets where folder.exists(path) { return .read(name, .file(path)) }
    return .unread(.notCollected, nil)
  }
}
