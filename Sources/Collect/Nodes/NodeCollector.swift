import Bytes
import Crypto
package import Kube

/// Reads what the benchmark asks of a node from its file system, mounted at a folder or our own. It only reads, runs
/// nothing, and keeps no secret.
package struct NodeCollector {
  private let folder: NodeFolder
  private let name: String?
  private let root: String
  private let moment: String?

  /// - Parameters:
  ///   - root: where the node's file system is; `/` for that of this machine.
  ///   - name: of the node; nil for its host name.
  ///   - moment: now, RFC 3339; nil to leave it out.
  ///   - mounted: which of the node's folders are there, where not all are; what is not there elsewhere counts as not read.
  package init(root: String, name: String? = nil, mounted: [String]? = nil, moment: String? = nil) {
    folder = NodeFolder(root: root, mounted: mounted)
    self.name = name
    self.root = root
    self.moment = moment
  }

  /// The name that was given, or the node's host name; nil where nobody can tell which node it is.
  package var nodeName: String? {
    if let name { return name.isEmpty ? nil : name }
    // That of the kernel is the node's only where the node itself is looked at.
    for path in ["/etc/hostname"] + (root == "/" ? ["/proc/sys/kernel/hostname"] : []) {
      if let found = text(path).value.map({ String($0.prefix { !$0.isWhitespace }) }), !found.isEmpty { return found }
    }
    return nil
  }

  /// Whether there is anything of a node's file system below the root.
  package var holdsNode: Bool { ["/etc", "/proc", "/var"].contains { folder.exists($0) } }

  /// What is known of the components while their files are looked for.
  private struct Running {
    /// Processes by component, in order of their ids.
    var processes: [NodeComponent: [Int]] = [:]
    /// The programs' paths.
    var programs: [String] = []
    /// The static pods of components, from their files.
    var pods: [NodeComponent: DocumentNode] = [:]

    var hasControlPlane: Bool {
      NodeComponent.allCases.contains { $0.isControlPlane && (processes[$0] != nil || pods[$0] != nil) }
    }
  }

  package func collect() -> NodeRecord {
    var record = NodeRecord(name: nodeName ?? "node", distribution: .unknown)
    record.collected = moment
    var running = Running()
    processes(&record, &running)
    kubeletFiles(&record)
    staticPods(
      Self.staticPodFolders(record) + [NodeLayout.layout(of: .kubeadm).staticPods].compactMap { $0 }, &record, &running)
    record.distribution = distribution(running)
    let layout = NodeLayout.layout(of: record.distribution)
    staticPods([layout.staticPods].compactMap { $0 }, &record, &running)
    specifications(&record, layout)
    program(&record, layout, running)
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
    for path in layout.unitDropIns {
      below(path, &record)
      for file in record.folders[path]?.value ?? [] where file.hasSuffix(".conf") { unit(file, &record) }
    }
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
      if let path = document[path: "clientConnection", "kubeconfig"]?.string { paths.append(path) }
      if let path = document["data-dir"]?.string, record.files[path] == nil {
        record.files[path] = ownStatus(path, .etcd, running)
      }
    }
    for path in paths where path.hasPrefix("/") && record.files[path] == nil {
      record.files[path] = folder.status(path)
    }
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

  /// By what runs, then by files that a distribution leaves. A mark that what runs contradicts is none: a folder may be left from
  /// before, and a file of a cloud's is on nodes of one's own as well.
  private func distribution(_ running: Running) -> NodeDistribution {
    if let own = (running.processes[.distribution].map { _ in running.programs } ?? []).lazy.compactMap(Self.program)
      .first
    {
      return own
    }
    let runsWithout = NodeComponent.allCases.contains {
      $0 != .distribution && $0 != .proxy && running.processes[$0] != nil
    }
    let marks: [(String, NodeDistribution)] = [
      ("/var/lib/rancher/rke2", .rke2), ("/var/lib/rancher/k3s", .k3s), ("/var/snap/microk8s/current", .microk8s),
      ("/etc/eks", .eks), ("/home/kubernetes/kubelet-config.yaml", .gke), ("/etc/kubernetes/azure.json", .aks),
      ("/etc/kubernetes/static-pod-resources", .openshift), ("/var/lib/kubelet/kubeadm-flags.env", .kubeadm),
      ("/etc/kubernetes/manifests/kube-apiserver.yaml", .kubeadm),
    ]
    let marked = marks.first { path, distribution in
      guard folder.exists(path) else { return false }
      switch distribution {
      case .rke2, .k3s:
        if !running.processes.isEmpty, runsWithout { return false }
        return folder.names(path).value?.isEmpty != true
      case .microk8s: return !runsWithout
      case .eks, .gke, .aks: return !running.hasControlPlane
      default: return true
      }
    }?.1
    let found = marked ?? Self.distribution(of: running.programs)
    return found.isManaged && running.hasControlPlane ? .unknown : found
  }

  private static func program(_ path: String) -> NodeDistribution? {
    switch path.split(separator: "/").last ?? "" {
    case "k3s", "k3s-server", "k3s-agent": .k3s
    case "rke2": .rke2
    case "kubelite": .microk8s
    default: nil
    }
  }

  /// What a kubelet's flags name, which says where its static pods are.
  private func kubeletFiles(_ record: inout NodeRecord) {
    for path in named(record, .kubelet, "config") { configuration(path, .kubelet, &record) }
    for path in named(record, .kubelet, "config-dir") {
      below(path, &record)
      for file in record.folders[path]?.value ?? [] where file.hasSuffix(".conf") {
        configuration(file, .kubelet, &record)
      }
    }
  }

  /// Where kubelets are told to look for files of static pods.
  private static func staticPodFolders(_ record: NodeRecord) -> [String] {
    var found = record.arguments(of: .kubelet).compactMap { $0.value?.path("pod-manifest-path") }
    for case .read(let document, _) in record.configurations.values {
      if let path = document["staticPodPath"]?.string { found.append(path) }
    }
    return Set(found.filter { $0.hasPrefix("/") }).sorted()
  }

  /// The static pods of components, whatever their files are called. Of a file that could not be read nobody knows what it runs.
  /// Source: kubelet `pkg/kubelet/config/file_linux.go`: every file of the folder counts but those whose name begins with a dot.
  private func staticPods(_ folders: [String], _ record: inout NodeRecord, _ running: inout Running) {
    for place in folders where record.folders[place] == nil {
      var paths: [String] = []
      switch folder.names(place) {
      case .read(let names, let source):
        paths = names.filter { !$0.hasPrefix(".") }.map { place + "/" + $0 }
        record.folders[place] = .read(paths, source)
      case .absent(let source):
        // It may be a file.
        paths = folder.status(place).value == nil ? [] : [place]
        record.folders[place] = paths.isEmpty ? .absent(source) : .read([], source)
      case .unread(let reason, let source): record.folders[place] = .unread(reason, source)
      }
      for path in paths where folder.status(path).value?.isFolder != true {
        switch document(path) {
        case .absent: continue
        case .unread(let reason, let source): record.folders[place] = .unread(reason, source)
        case .read(let pod, let source):
          for (component, arguments) in (pod[path: "spec", "containers"]?.elements ?? []).compactMap(NodeRecord.command)
          where component.isControlPlane || component == .proxy {
            record.components[component, default: []].append(.read(arguments, source))
            record.files[path] = folder.status(path)
            running.pods[component] = running.pods[component] ?? pod
          }
          // The file of a pod is known by what it is for, also where a shell starts that and hides the flags.
          for component in (pod[path: "spec", "containers"]?.elements ?? []).compactMap(NodeRecord.wrapped)
          where component.isControlPlane || component == .proxy {
            record.components[component, default: []].append(.unread(.hidden, .file(path)))
            record.files[path] = folder.status(path)
            running.pods[component] = running.pods[component] ?? pod
          }
        }
      }
    }
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
        if component == .distribution, case .read(let bytes, _) = folder.read("/proc/\(id)/environ") {
          arguments = arguments.withDistributionEnvironment(Self.variables(bytes))
        }
        if component == .etcd {
          switch folder.read("/proc/\(id)/environ") {
          case .read(let bytes, _):
            arguments = arguments.withEnvironment(Self.variables(bytes))
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
  private func program(_ record: inout NodeRecord, _ layout: NodeLayout, _ running: Running) {
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
      let unit = ServiceUnit(texts)
      guard let words = unit.command, NodeComponent(arguments: words) == .distribution,
        let environment = environment(unit, path, running)
      else { continue }
      record.components[.distribution]?.removeAll(where: isHidden)
      record.components[.distribution]?.append(
        .read(
          ComponentArguments(Array(words.dropFirst())).withDistributionEnvironment(environment).withoutSecrets, source))
      return
    }
  }

  private static func variables(_ bytes: [UInt8]) -> [String] {
    bytes.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The variables of a distribution's program: those of the process, or else those that its unit gives it.
  ///
  /// - Returns: nil where a file with some of them may not be read.
  private func environment(_ unit: ServiceUnit, _ path: String, _ running: Running) -> [String]? {
    for id in running.processes[.distribution] ?? [] {
      if case .read(let bytes, _) = folder.read("/proc/\(id)/environ") { return Self.variables(bytes) }
    }
    let name = path.split(separator: "/").last.map(String.init) ?? path
    var found = unit.environment
    for file in unit.environmentFiles {
      let place = file.replacing("%N", with: name.split(separator: ".").first.map(String.init) ?? name)
        .replacing("%n", with: name)
      switch text(place) {
      case .absent: continue
      case .unread: return nil
      case .read(let text, _): found += ServiceUnit.variables(text)
      }
    }
    return found
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
    let host = running.pods[component].flatMap { Self.hostPath(of: path, in: $0) }
    for id in running.processes[component] ?? [] {
      // What is to be mended is the node's file, which the container has elsewhere.
      if case .read(let status, let source) = folder.root(ofProcess: id).status(path) {
        return .read(status, host.map { .file($0) } ?? source)
      }
    }
    return folder.status(host ?? path)
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

  private func specifications(_ record: inout NodeRecord, _ layout: NodeLayout) {
    for path in layout.manifests.values where record.files[path] == nil { record.files[path] = folder.status(path) }
    for (component, path) in layout.argumentFiles.sorted(by: { $0.key < $1.key }) {
      switch text(path) {
      case .read(let text, let source):
        let whole = Self.snapVariables.reduce(text) { $0.replacing($1.0, with: $1.1) }
        record.components[component] = [.read(ComponentArguments(file: whole).withoutSecrets, source)]
      case .absent(let source): record.components[component] = [.absent(source)]
      case .unread(let reason, let source): record.components[component] = [.unread(reason, source)]
      }
    }
    // Where a component runs, that nothing else starts it says nothing.
    for (component, facts) in record.components where facts.contains(where: { $0.value != nil }) {
      record.components[component] = facts.filter { !$0.isAbsent }
    }
  }

  /// What the variables of a snap stand for in files of arguments.
  private static let snapVariables = [
    ("${SNAP_DATA}", "/var/snap/microk8s/current"), ("$SNAP_DATA", "/var/snap/microk8s/current"),
    ("${SNAP_COMMON}", "/var/snap/microk8s/common"), ("$SNAP_COMMON", "/var/snap/microk8s/common"),
    ("${SNAP}", "/snap/microk8s/current"),
  ]

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
    kubeletFiles(&record)
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
