import Access
import Bytes
import Findings
package import Kube

/// Components of a cluster, recognised by what their installers leave on objects.
///
/// An object's first sign counts: the Helm release or the operator's bundle that it belongs to, what it is part of, the instance or
/// name in its labels; then the object that owns it, the account that it binds, the Service that it calls, and the namespace that is
/// its component's home. Sources: kubernetes.io, "Recommended Labels"; helm.sh, "Labels and Annotations"; Operator Lifecycle Manager,
/// "olm.owner".
package struct ComponentCatalogue: Sendable {
  /// Sorted by name.
  package let components: [Component]
  private let objects: [KubeObject]

  private static let instance = "app.kubernetes.io/instance"
  /// Namespaces in which things of many owners live.
  private static let shared: Set<String> = ["default", "kube-system", "kube-public", "kube-node-lease"]
  /// Labels that name what an object belongs to, those that say most first.
  private static let weakLabels = [
    instance, "app.kubernetes.io/name", "k8s-app", "operator", "release", "app",
  ]

  package init(_ snapshot: ClusterSnapshot) {
    var finder = Finder(snapshot)
    components = finder.find()
    objects = snapshot.objects
  }

  /// The components that a name stands for: their own, a release, a label, a namespace or a group of custom resources.
  package func named(_ name: String) -> [Component] {
    let lower = name.lowercased()
    let exact = components.filter { $0.name.lowercased() == lower }
    if !exact.isEmpty { return exact }
    let known = components.filter { component in
      component.signs.contains { sign in
        switch sign {
        case .helmRelease(_, let own, let chart): own == name || chart == name
        case .operatorBundle(let own): own == name || own.hasPrefix(name + ".")
        case .label(_, let value): value == name
        case .namespace(let own): own == name
        case .customResources(let group): group == name
        case .webhook(let own), .apiService(let own): own == name
        case .name: false
        }
      }
    }
    return known.isEmpty ? [unrecognised(name)].compactMap { $0 } : known
  }

  /// What lies in a namespace, or is named alike, where nothing was recognised by the name; nil where there is no such thing.
  private func unrecognised(_ name: String) -> Component? {
    guard !name.isEmpty else { return nil }
    let own = objects.filter { object in
      object.namespace == name || object.groupKind == .namespace && object.name == name
        || object.name == name || object.name.hasPrefix(name + "-")
    }
    let hasPods = own.contains { PodTemplateCatalogue.makesPods($0.groupKind) || $0.groupKind == .serviceAccount }
    guard hasPods else { return nil }
    let sign = own.contains { $0.namespace == name } ? Component.Sign.namespace(name) : .name(name)
    return Component(name: name, version: nil, signs: [sign], objects: own, release: nil, isPlatform: false)
  }

  /// What belongs together, as far as a single object tells.
  private enum Key: Hashable, Comparable {
    case release(String)
    case bundle(String)
    case part(String)
    case label(key: String, value: String)

    var isStrong: Bool { if case .label = self { false } else { true } }

    /// Whether an installer says so, not a label that anybody writes.
    var isInstalled: Bool {
      switch self {
      case .release, .bundle: true
      case .part, .label: false
      }
    }

    var value: String {
      switch self {
      case .release(let value), .bundle(let value), .part(let value), .label(_, let value): value
      }
    }

    static func < (a: Key, b: Key) -> Bool { (a.isStrong ? 0 : 1, a.value) < (b.isStrong ? 0 : 1, b.value) }
  }

  private struct Finder {
    let snapshot: ClusterSnapshot
    let objects: [KubeObject]
    /// By place of an object.
    var keys: [Key?]
    var homes: [String: Key] = [:]
    let releases: [HelmRelease]

    init(_ snapshot: ClusterSnapshot) {
      self.snapshot = snapshot
      objects = snapshot.objects
      releases = HelmRelease.all(snapshot)
      keys = objects.map(Self.ownKey)
    }

    /// What comes with every cluster belongs to nobody.
    private static func isOfCluster(_ object: KubeObject) -> Bool {
      let labels = object.labels
      let isNamed = labels["app.kubernetes.io/name"] != nil || labels["app.kubernetes.io/part-of"] != nil
      return object.name.hasPrefix("system:") && !isNamed || labels["kubernetes.io/bootstrapping"] != nil
        || labels["tier"] == "control-plane" || object.groupKind == GroupKind("", "Node")
        || object.groupKind.group == "" && ["Event", "Endpoints"].contains(object.kind)
        || ["cluster-admin", "admin", "edit", "view"].contains(object.name)
          && object.groupKind.group == "rbac.authorization.k8s.io"
    }

    private static func ownKey(_ object: KubeObject) -> Key? {
      if isOfCluster(object) { return nil }
      let labels = object.labels
      let annotations = object.annotations
      if let release = annotations["meta.helm.sh/release-name"], !release.isEmpty { return .release(release) }
      let isByHelm =
        labels["app.kubernetes.io/managed-by"] == "Helm" || ["Helm", "Tiller"].contains(labels["heritage"] ?? "")
        || labels["helm.sh/chart"] != nil
      if isByHelm, let release = labels[instance] ?? labels["release"], !release.isEmpty { return .release(release) }
      if let bundle = labels["olm.owner"], !bundle.isEmpty { return .bundle(bundle) }
      if let whole = labels["app.kubernetes.io/part-of"], !whole.isEmpty { return .part(whole) }
      if let key = weakKey(labels) { return key }
      // The Pods of a workload bear what its template says: with the Pods at hand or without, it is the same component.
      guard PodTemplateCatalogue.makesPods(object.groupKind), object.groupKind != .pod else { return nil }
      return PodTemplateCatalogue.templates(of: object).lazy.compactMap { weakKey($0.labels) }.first
    }

    private static func weakKey(_ labels: [String: String]) -> Key? {
      weakLabels.lazy.compactMap { key in
        labels[key].flatMap { $0.isEmpty ? nil : Key.label(key: key, value: $0) }
      }.first
    }

    mutating func find() -> [Component] {
      joinParts()
      followOwners()
      findHomes()
      joinHomes()
      followAccounts()
      followServices()
      fillHomes()
      // Accounts of a home are its component's, and so is what binds them.
      followAccounts()
      followMounts()
      followGroups()
      return components()
    }

    // MARK: Joining

    private mutating func rename(_ names: [Key: Key]) {
      guard !names.isEmpty else { return }
      for index in keys.indices { if let key = keys[index], let new = names[key] { keys[index] = new } }
    }

    /// What is part of something, or named like it, belongs to the release of that name where there is one.
    private mutating func joinParts() {
      let byValue = Dictionary(grouping: Set(keys.compactMap { $0 }), by: \.value)
      var names: [Key: Key] = [:]
      for (value, known) in byValue where known.count > 1 {
        let release = Key.release(value)
        let best =
          known.contains(release)
          ? release : known.filter(\.isStrong).min() ?? known.min { "\($0)" < "\($1)" } ?? release
        for key in known where key != best && (best == release || !key.isStrong) { names[key] = best }
      }
      rename(names)
    }

    private mutating func followOwners() {
      var byWorkload: [Subject: Key] = [:]
      for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
        if let key = keys[index], object.groupKind != .pod { byWorkload[Subject(workload: object)] = key }
      }
      for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
        let owner = snapshot.workload(of: object)
        if let key = byWorkload[owner], keys[index].map({ !$0.isStrong }) ?? true { keys[index] = key }
      }
    }

    /// Of a namespace the component that it was made for.
    private mutating func findHomes() {
      var found: [String: [Key: Int]] = [:]
      for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
        guard let key = keys[index] else { continue }
        found[object.effectiveNamespace, default: [:]][key, default: 0] += 1
      }
      for (index, object) in objects.enumerated() where object.groupKind == .namespace {
        if let key = keys[index], key.isStrong || found[object.name]?[key] != nil { homes[object.name] = key }
      }
      for (namespace, counts) in found where homes[namespace] == nil && !shared.contains(namespace) {
        let base = Self.base(namespace)
        let named = counts.keys.filter { key in
          let value = key.value.lowercased()
          return value == base || value.hasPrefix(base + "-") || base.hasPrefix(value + "-")
        }
        if counts.count == 1, let only = counts.keys.first {
          homes[namespace] = only
        } else if let best = named.min(by: { (-(counts[$0] ?? 0), $0.value) < (-(counts[$1] ?? 0), $1.value) }) {
          homes[namespace] = best
        }
      }
    }

    /// `metallb` for `metallb-system`.
    private static func base(_ namespace: String) -> String {
      for ending in ["-system", "-operator-system", "-namespace"] where namespace.hasSuffix(ending) {
        return String(namespace.dropLast(ending.count)).lowercased()
      }
      return namespace.lowercased()
    }

    /// What bears a name of its own in the home of a component, and no installer's sign, is a part of it.
    private mutating func joinHomes() {
      var places: [Key: Set<String>] = [:]
      for (index, object) in objects.enumerated() {
        if let key = keys[index], let namespace = object.namespace { places[key, default: []].insert(namespace) }
      }
      for (index, object) in objects.enumerated() {
        guard let key = keys[index], !isRelease(key) else { continue }
        // What is of the cluster goes with those of its name, where these are in one namespace.
        let own = places[key] ?? []
        guard let namespace = object.namespace ?? (own.count == 1 ? own.first : nil), let home = homes[namespace],
          key != home
        else { continue }
        if !key.isStrong || key.value.lowercased().hasPrefix(Self.base(namespace)) { keys[index] = home }
      }
    }

    private func isRelease(_ key: Key) -> Bool { if case .release = key { true } else { false } }

    // MARK: Following

    private mutating func followAccounts() {
      var accounts: [AccessSubject: Key] = [:]
      func place(_ object: KubeObject) -> String { object.effectiveNamespace }
      for (index, object) in objects.enumerated() where object.groupKind == .serviceAccount {
        if let key = keys[index] { accounts[.serviceAccount(namespace: place(object), name: object.name)] = key }
      }
      for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
        guard let key = keys[index], let template = PodTemplateCatalogue.templates(of: object).first else { continue }
        let name = template.serviceAccountName
        let account = AccessSubject.serviceAccount(namespace: place(object), name: name)
        if name != "default", accounts[account] == nil { accounts[account] = key }
      }
      var roles: [String: Key] = [:]
      for (index, object) in objects.enumerated() {
        if object.groupKind == .serviceAccount, keys[index] == nil {
          keys[index] = accounts[.serviceAccount(namespace: place(object), name: object.name)]
        }
        guard object.groupKind == .roleBinding || object.groupKind == .clusterRoleBinding,
          !object.name.hasPrefix("system:")
        else { continue }
        let owners = Set(
          (object.root["subjects"]?.elements ?? []).compactMap { node in
            AccessSubject(node, bindingNamespace: object.namespace).flatMap { accounts[$0] }
          })
        // Rights follow the accounts of pods: what a label says that the binding is part of, does not take them away. What an
        // installer recorded does.
        if keys[index].map({ !$0.isInstalled }) ?? true, owners.count == 1, let owner = owners.first {
          keys[index] = owner
        }
        guard let key = keys[index], let role = object.root[path: "roleRef", "name"]?.text else { continue }
        let kind = object.root[path: "roleRef", "kind"]?.string ?? ""
        roles["\(kind)/\(kind == "Role" ? place(object) : "")/\(role)"] = key
      }
      for (index, object) in objects.enumerated() where object.groupKind == .role || object.groupKind == .clusterRole {
        if ComponentCatalogue.Finder.isOfCluster(object) || keys[index]?.isStrong ?? false { continue }
        let place = object.groupKind == .role ? self.objects[index].effectiveNamespace : ""
        if let key = roles["\(object.kind)/\(place)/\(object.name)"] { keys[index] = key }
      }
    }

    /// Webhooks and APIServices belong to whoever answers them.
    private mutating func followServices() {
      var services: [String: Key] = [:]
      for (index, object) in objects.enumerated() where object.groupKind == GroupKind("", "Service") {
        services[object.effectiveNamespace + "/" + object.name] = keys[index]
      }
      for (index, object) in objects.enumerated() where keys[index].map({ !$0.isStrong }) ?? true {
        for service in ComponentCatalogue.services(of: object) {
          if let key = services[service.namespace + "/" + service.name] ?? homes[service.namespace] {
            keys[index] = key
          }
        }
      }
    }

    /// What the pods of one component alone are given belongs to it.
    private mutating func followMounts() {
      var owners: [Subject: Set<Key>] = [:]
      for (index, object) in objects.enumerated() where PodTemplateCatalogue.makesPods(object.groupKind) {
        guard let key = keys[index] else { continue }
        let namespace = object.effectiveNamespace
        for template in PodTemplateCatalogue.templates(of: object) {
          for name in template.secretNames {
            owners[Subject(kind: "Secret", namespace: namespace, name: name), default: []].insert(key)
          }
          for volume in template.volumes {
            guard let name = volume[path: "configMap", "name"]?.text else { continue }
            owners[Subject(kind: "ConfigMap", namespace: namespace, name: name), default: []].insert(key)
          }
        }
      }
      for (index, object) in objects.enumerated() where keys[index] == nil {
        let subject = Subject(kind: object.kind, namespace: object.effectiveNamespace, name: object.name)
        if object.groupKind.group.isEmpty, let found = owners[subject], found.count == 1 { keys[index] = found.first }
      }
    }

    private mutating func fillHomes() {
      for (index, object) in objects.enumerated() where keys[index] == nil {
        if Self.isOfCluster(object) { continue }
        if let namespace = object.namespace, let home = homes[namespace] { keys[index] = home }
        if object.groupKind == .namespace, let home = homes[object.name] { keys[index] = home }
      }
    }

    /// CustomResourceDefinitions belong to the component that their group names, or to the only one whose role names the group.
    private mutating func followGroups() {
      let values = Dictionary(
        keys.compactMap { $0 }.map { ($0.value.lowercased(), $0) }, uniquingKeysWith: { min($0, $1) })
      var byGroup: [String: Set<Key>] = [:]
      for (index, object) in objects.enumerated() where object.groupKind == .clusterRole || object.groupKind == .role {
        guard let key = keys[index] else { continue }
        for rule in object.root["rules"]?.elements ?? [] {
          for group in rule["apiGroups"]?.strings ?? [] where group.contains(".") {
            byGroup[group, default: []].insert(key)
          }
        }
      }
      var known: [Key: Int] = [:]
      for (index, object) in objects.enumerated() where object.kind != "CustomResourceDefinition" {
        if let key = keys[index] { known[key, default: 0] += 1 }
      }
      for (index, object) in objects.enumerated() where object.kind == "CustomResourceDefinition" {
        // One that nothing else is part of says no more than its group.
        if let key = keys[index], key.isStrong, known[key, default: 0] > 0 { continue }
        guard let group = object.spec?["group"]?.string else { continue }
        let words = group.lowercased().split(separator: ".").map(String.init)
        if let named = words.lazy.compactMap({ values[$0] }).first {
          keys[index] = named
        } else if let owners = byGroup[group], owners.count == 1 {
          keys[index] = owners.first
        } else if let near = values.keys.sorted().first(where: { value in
          words.contains { value.hasPrefix($0 + "-") && $0.count > 3 }
        }) {
          keys[index] = values[near]
        }
      }
    }

    // MARK: Making

    private func components() -> [Component] {
      var members: [Key: [Int]] = [:]
      for (index, key) in keys.enumerated() { if let key { members[key, default: []].append(index) } }
      return members.map { key, indexes in component(key, indexes.map { objects[$0] }) }
        .sorted { ($0.name, $0.signs.first?.text ?? "") < ($1.name, $1.signs.first?.text ?? "") }
    }

    private func component(_ key: Key, _ own: [KubeObject]) -> Component {
      var signs = Set<Component.Sign>()
      let namespaces = Set(own.map(\.namespace))
      var release: HelmRelease?
      var name = key.value
      switch key {
      case .release(let value):
        release =
          releases.first { $0.name == value && namespaces.contains($0.namespace) }
          ?? releases.first { $0.name == value }
        let charts = own.compactMap { $0.labels["helm.sh/chart"] ?? $0.labels["chart"] }.map(Self.chart)
        let chart = release?.chart ?? Self.commonest(charts)
        let place = release?.namespace ?? own.lazy.compactMap { $0.annotations["meta.helm.sh/release-namespace"] }.first
        signs.insert(.helmRelease(namespace: place, name: value, chart: chart))
        if let chart, !Self.isSame(value, chart) { name = chart }
      case .bundle(let value):
        signs.insert(.operatorBundle(value))
        name = String(value.prefix { $0 != "." })
      case .part(let value): signs.insert(.label(key: "app.kubernetes.io/part-of", value: value))
      case .label(let label, let value): signs.insert(.label(key: label, value: value))
      }
      for (namespace, home) in homes where home == key { signs.insert(.namespace(namespace)) }
      var isPlatform = key.isStrong && !(own.allSatisfy { PodTemplateCatalogue.makesPods($0.groupKind) })
      if case .part = key { isPlatform = false }
      for object in own {
        if object.kind == "CustomResourceDefinition", let group = object.spec?["group"]?.string {
          signs.insert(.customResources(group: group))
          isPlatform = true
        }
        if ComponentCatalogue.webhookKinds.contains(object.groupKind) {
          signs.insert(.webhook(object.name))
          isPlatform = true
        }
        if object.groupKind == ComponentCatalogue.apiService {
          signs.insert(.apiService(object.name))
          isPlatform = true
        }
        if object.groupKind == .clusterRoleBinding || object.groupKind == .clusterRole { isPlatform = true }
      }
      return Component(
        name: name, version: version(of: name, release, own), signs: signs.sorted(), objects: own, release: release,
        isPlatform: isPlatform)
    }

    private func version(of name: String, _ release: HelmRelease?, _ own: [KubeObject]) -> String? {
      if let version = release?.appVersion, !version.isEmpty { return version }
      let workloads = own.filter { PodTemplateCatalogue.makesPods($0.groupKind) }
      // Parts of a collection have versions of their own, and the whole has none.
      let labelled = Set(workloads.compactMap { $0.labels["app.kubernetes.io/version"] })
      if !labelled.isEmpty { return labelled.count == 1 ? labelled.first : nil }
      // The tag of an image that is called like the component, where it is a number.
      guard let first = name.lowercased().split(separator: "-").first, first.count > 3 else { return nil }
      let images = workloads.flatMap { PodTemplateCatalogue.templates(of: $0) }.flatMap(\.containers).compactMap(
        \.image)
      let own = images.filter { image in
        image.prefix { $0 != "@" }.split(separator: "/").suffix(2).contains { $0.contains(first) }
      }
      return Self.commonest(own.compactMap(ComponentDossier.Image.tag).filter { $0.contains(where: \.isNumber) })
    }

    /// Whether a release is called like its chart: `argocd` of `argo-cd`, `kiali` of `kiali-server`.
    private static func isSame(_ release: String, _ chart: String) -> Bool {
      func plain(_ text: String) -> String { text.lowercased().filter { $0.isLetter || $0.isNumber } }
      let (a, b) = (plain(release), plain(chart))
      return a == b || a.count > 3 && b.hasPrefix(a) || b.count > 3 && a.contains(b)
    }

    /// `argo-cd` of `argo-cd-7.1.3`.
    private static func chart(_ text: String) -> String {
      let parts = text.split(separator: "-")
      guard
        let cut = parts.firstIndex(where: { part in
          let number = part.first == "v" ? part.dropFirst() : part
          return number.first?.isNumber == true && number.contains(".")
        }), cut > 0
      else { return text }
      return parts[..<cut].joined(separator: "-")
    }

    static func commonest(_ texts: [String]) -> String? {
      var counts: [String: Int] = [:]
      for text in texts { counts[text, default: 0] += 1 }
      return counts.min { (-$0.value, $0.key) < (-$1.value, $1.key) }?.key
    }
  }

  static let webhookKinds: Set<GroupKind> = [
    GroupKind("admissionregistration.k8s.io", "ValidatingWebhookConfiguration"),
    GroupKind("admissionregistration.k8s.io", "MutatingWebhookConfiguration"),
  ]
  static let apiService = GroupKind("apiregistration.k8s.io", "APIService")

  /// Services that the API server calls on behalf of an object.
  static func services(of object: KubeObject) -> [(namespace: String, name: String)] {
    let references =
      webhookKinds.contains(object.groupKind)
      ? (object.root["webhooks"]?.elements ?? []).map { $0[path: "clientConfig", "service"] }
      : object.groupKind == apiService ? [object.spec?["service"]] : []
    return references.compactMap { reference in
      guard let name = reference?["name"]?.text, let namespace = reference?["namespace"]?.text else { return nil }
      return (namespace, name)
    }
  }
}
