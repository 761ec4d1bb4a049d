import Bytes
import Kube

/// Resources as people write them, resolved as kubectl does: plural, singular, kind or short name, in any case, with or without
/// the group, with the built-in resources, the definitions and the rules of the input.
package struct ResourceNames: Sendable {
  /// A resource as rules of RBAC name it: plural, without its version.
  package struct Resource: Sendable, Hashable {
    package let group: String
    package let resource: String
    package let subresource: String
    /// Nil where nothing tells.
    package let isNamespaced: Bool?

    package init(group: String, resource: String, subresource: String, isNamespaced: Bool?) {
      self.group = group
      self.resource = resource
      self.subresource = subresource
      self.isNamespaced = isNamespaced
    }
  }

  /// What a word of the user was found to mean.
  package enum Resolution: Sendable {
    case path(String)
    case resource(Resource)
    /// A resource with a group that neither the built-in ones nor the input know; it may be there all the same.
    case unheard(Resource)
    /// A word that names nothing; resources that look like it.
    case unknown(similar: [String])
  }

  private struct Entry: Sendable, Hashable {
    let group: String
    let resource: String
  }

  private let words: [String: [Entry]]
  /// Subresources by `GROUP/RESOURCE`.
  private let subresources: [String: Set<String>]
  private let verbs: Set<String>
  private let scope: ResourceScope

  package init(_ inventory: AccessInventory) {
    scope = ResourceScope(inventory.snapshot)
    var words = Self.builtIn
    var subresources = Self.builtInSubresources
    func add(_ word: String, _ entry: Entry) {
      guard !word.isEmpty, !(words[word.lowercased()]?.contains(entry) ?? false) else { return }
      words[word.lowercased(), default: []].append(entry)
    }
    for object in inventory.snapshot.objects(GroupKind("apiextensions.k8s.io", "CustomResourceDefinition")) {
      guard let group = object.spec?["group"]?.string, let names = object.spec?["names"],
        let plural = names["plural"]?.string
      else { continue }
      let entry = Entry(group: group, resource: plural)
      add(plural, entry)
      add(names["singular"]?.string ?? "", entry)
      add(names["kind"]?.string ?? "", entry)
      for short in names["shortNames"]?.strings ?? [] { add(short, entry) }
      // Whether a version has them is up to its definition.
      subresources[group + "/" + plural, default: []].formUnion(["status", "scale"])
    }
    var verbs = Self.knownVerbs
    for role in inventory.roles {
      for rule in role.rules {
        verbs.formUnion(rule.verbs)
        for path in rule.resources where !path.hasPrefix("*") {
          let parts = path.split(separator: "/", maxSplits: 1).map(String.init)
          let resource = parts.first ?? path
          for group in rule.apiGroups where group != "*" {
            add(resource, Entry(group: group, resource: resource))
            if parts.count == 2 { subresources[group + "/" + resource, default: []].insert(parts[1]) }
          }
        }
      }
    }
    self.words = words
    self.subresources = subresources
    self.verbs = verbs
  }

  /// - Parameter group: of the API, empty for the core; nil where it is written with the resource, or left to be found.
  package func resolve(_ text: String, group: String? = nil) -> Resolution {
    if text.hasPrefix("/"), group == nil { return .path(text) }
    let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
    let word = (parts.first ?? text).lowercased()
    let subresource = parts.count == 2 ? parts[1] : ""
    func found(_ entry: Entry) -> Resource {
      Resource(
        group: entry.group, resource: entry.resource, subresource: subresource,
        isNamespaced: scope.isNamespaced(group: entry.group, resource: entry.resource))
    }
    if let group {
      if word == "*" || group == "*" { return .resource(found(Entry(group: group, resource: word))) }
      if let entry = words[word]?.first(where: { $0.group == group }) { return .resource(found(entry)) }
      // All resources of the core are known.
      if group.isEmpty { return .unknown(similar: similar(to: word)) }
      return .unheard(found(Entry(group: group, resource: word)))
    }
    if word == "*" { return .resource(Resource(group: "", resource: "*", subresource: subresource, isNamespaced: nil)) }
    if let dot = word.firstIndex(of: ".") {
      let name = String(word[..<dot])
      let group = String(word[word.index(after: dot)...])
      if let entry = words[name]?.first(where: { $0.group == group }) { return .resource(found(entry)) }
      // `deployments.v1.apps`
      if let next = group.firstIndex(of: "."),
        let entry = words[name]?.first(where: { $0.group == group[group.index(after: next)...] })
      {
        return .resource(found(entry))
      }
      return .unheard(found(Entry(group: group, resource: name)))
    }
    if let entry = words[word]?.first { return .resource(found(entry)) }
    return .unknown(similar: similar(to: word))
  }

  /// Whether any rule or any authorizer asks for the verb.
  package func isKnown(verb: String) -> Bool { verbs.contains(verb) || verb.hasPrefix("impersonate") }

  /// Whether the resource has the subresource that is asked for, as far as anything tells: of a resource that is neither built in
  /// nor defined in the input, nobody knows which it has.
  package func hasSubresource(_ resource: Resource) -> Bool {
    guard !resource.subresource.isEmpty, resource.subresource != "*", resource.resource != "*",
      let known = subresources[resource.group + "/" + resource.resource] ?? (resource.isNamespaced == nil ? nil : [])
    else { return true }
    // The keys of what is impersonated beside a user are anybody's, and whoever makes an object that blocks the deletion of its owner is
    // asked for the owner's finalizers (`OwnerReferencesPermissionEnforcement`).
    return known.contains(resource.subresource) || resource.resource == "userextras"
      || resource.subresource == "finalizers"
  }

  /// Whether a right to it, bound in a namespace, has any effect there.
  package func isAskedInNamespaces(_ resource: Resource, verb: String) -> Bool {
    scope.isAskedInNamespaces(group: resource.group, resource: resource.resource, verb: verb) ?? true
  }

  private func similar(to word: String) -> [String] {
    let stem = word.hasSuffix("s") ? String(word.dropLast()) : word
    guard stem.utf8.count >= 3 else { return [] }
    let all = words.values.flatMap { $0 }.filter {
      $0.resource.hasPrefix(stem) || stem.hasPrefix($0.resource.dropLast())
    }
    return Set(all.map { $0.group.isEmpty ? $0.resource : "\($0.resource).\($0.group)" }).sorted().prefix(3).map { $0 }
  }

  /// Verbs that a misspelt one may be meant for: what a command of kubectl asks for, or those that begin alike.
  package func verbs(similarTo verb: String) -> [String] {
    let word = verb.lowercased()
    if let asked = Self.commands[word] { return asked }
    let close = verbs.filter {
      $0 != "*" && (word.hasPrefix($0) || $0.hasPrefix(word) || $0.prefix(3) == word.prefix(3))
    }
    return close.sorted().prefix(3).map { $0 }
  }

  /// Commands of kubectl that are no verbs, with what the API server checks for them.
  private static let commands: [String: [String]] = [
    "exec": ["create pods/exec"], "attach": ["create pods/attach"], "port-forward": ["create pods/portforward"],
    "logs": ["get pods/log"], "log": ["get pods/log"], "debug": ["update pods/ephemeralcontainers"],
    "drain": ["create pods/eviction"], "evict": ["create pods/eviction"], "scale": ["patch …/scale"],
    "run": ["create pods"], "apply": ["patch", "create"], "edit": ["patch"], "label": ["patch"], "annotate": ["patch"],
    "describe": ["get"], "read": ["get"], "view": ["get", "list", "watch"], "write": ["create", "update", "patch"],
    "remove": ["delete"], "taint": ["patch nodes"], "cordon": ["patch nodes"],
  ]

  private static let knownVerbs: Set<String> = [
    "*", "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "proxy", "use", "bind",
    "escalate", "impersonate", "approve", "sign", "attest", "post", "put", "head", "options",
    "request-serviceaccounts-token-audience",
  ]

  private static let builtInSubresources: [String: Set<String>] = {
    var table: [String: Set<String>] = [
      // The server asks for these on behalf of the kubelet.
      "/nodes": ["log", "metrics", "stats", "spec", "configz", "healthz", "pods", "checkpoint", "proxy"],
      "certificates.k8s.io/certificatesigningrequests": ["nodeclient", "selfnodeclient"],
      "/endpoints": ["restricted"], "discovery.k8s.io/endpointslices": ["restricted"],
    ]
    for resource in APIResource.builtIn where !resource.subresource.isEmpty {
      table[resource.group + "/" + resource.resource, default: []].insert(resource.subresource)
    }
    return table
  }()

  /// Groups in the order in which kubectl prefers them: the core first.
  private static let builtIn: [String: [Entry]] = {
    var words: [String: [Entry]] = [:]
    func add(_ word: String, _ entry: Entry) {
      if !(words[word]?.contains(entry) ?? false) { words[word, default: []].append(entry) }
    }
    let order = ["", "apps", "batch", "networking.k8s.io", "rbac.authorization.k8s.io"]
    func rank(_ group: String) -> Int { order.firstIndex(of: group) ?? order.count }
    for resource in APIResource.builtIn.filter({ $0.subresource.isEmpty }).sorted(by: {
      (rank($0.group), $0.group, $0.resource) < (rank($1.group), $1.group, $1.resource)
    }) {
      let entry = Entry(group: resource.group, resource: resource.resource)
      add(resource.resource, entry)
      add(resource.kind.lowercased(), entry)
    }
    for (group, resource) in [
      ("", "users"), ("", "groups"), ("certificates.k8s.io", "signers"), ("authentication.k8s.io", "uids"),
      ("authentication.k8s.io", "userextras"), ("policy", "podsecuritypolicies"),
      ("security.openshift.io", "securitycontextconstraints"),
    ] {
      let entry = Entry(group: group, resource: resource)
      add(resource, entry)
      add(resource == "podsecuritypolicies" ? "podsecuritypolicy" : String(resource.dropLast()), entry)
    }
    for (short, plural) in shortNames { if let entry = words[plural]?.first { add(short, entry) } }
    return words
  }()

  /// Source: `kubectl api-resources` of Kubernetes 1.36.
  private static let shortNames = [
    "po": "pods", "svc": "services", "cm": "configmaps", "sa": "serviceaccounts", "ns": "namespaces", "no": "nodes",
    "pv": "persistentvolumes", "pvc": "persistentvolumeclaims", "ep": "endpoints", "ev": "events",
    "rc": "replicationcontrollers", "quota": "resourcequotas", "limits": "limitranges", "deploy": "deployments",
    "ds": "daemonsets", "sts": "statefulsets", "rs": "replicasets", "cj": "cronjobs", "ing": "ingresses",
    "netpol": "networkpolicies", "pdb": "poddisruptionbudgets", "hpa": "horizontalpodautoscalers",
    "sc": "storageclasses", "crd": "customresourcedefinitions", "crds": "customresourcedefinitions",
    "csr": "certificatesigningrequests", "pc": "priorityclasses", "cs": "componentstatuses",
    "psp": "podsecuritypolicies", "scc": "securitycontextconstraints",
  ]
}
