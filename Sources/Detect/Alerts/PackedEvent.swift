import Bytes
import Events

/// For each rule, the fields that correlations and its message ask for, and where they stand among the details.
typealias EventLayout = [[(field: String, slot: Int)]]

/// The texts of an event that rules matched, in one piece: numbers of the rules, then for each value its field, its length
/// and its bytes.
struct PackedEvent: Sendable {
  private let layout: EventLayout
  private let bytes: [UInt8]
  private let isAudit: Bool
  private let ruleCount: UInt16

  /// Maximum number of values of a field.
  private static let mostValues = 64
  /// Where the id of the delivery stands that the source gives an event.
  private static let keySlot = Int(UInt16.max)

  /// - Parameters:
  ///   - rules: that matched.
  ///   - details: what `RuleMatcher.readDetails` read.
  ///   - derived: the value of a field that no record has.
  ///   - scratch: used again for each event.
  init(
    _ layout: EventLayout, _ rules: [Int], _ details: FieldFrame, isAudit: Bool, key: String?,
    scratch: inout [UInt8], derived: (String) -> [String]
  ) {
    self.layout = layout
    self.isAudit = isAudit
    scratch.removeAll(keepingCapacity: true)
    let kept = rules.prefix(1 << 10)
    ruleCount = UInt16(kept.count)
    for rule in kept { Self.append(UInt32(truncatingIfNeeded: rule), to: &scratch) }
    if let key { Self.append(Self.keySlot, Array(key.utf8)[...], to: &scratch) }
    var slots: [Int] = []
    for slot in details.present where slot < Own.images.rawValue { slots.append(slot) }
    for rule in kept {
      for (field, slot) in layout[rule] where !slots.contains(slot) {
        slots.append(slot)
        guard !details.isPresent(slot) else { continue }
        for text in derived(field).prefix(Self.mostValues) { Self.append(slot, Array(text.utf8)[...], to: &scratch) }
      }
    }
    for slot in slots {
      var count = 0
      details.forEach(slot) { value in
        guard value.kind != .null else { return true }
        Self.append(slot, details.bytes[value.range], to: &scratch)
        count += 1
        return count < Self.mostValues
      }
    }
    // An array made of an array would keep the room that it has left.
    bytes = scratch.withUnsafeBufferPointer { Array($0) }
  }

  private static func append(_ number: UInt32, to bytes: inout [UInt8]) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }

  private static func append(_ slot: Int, _ text: ArraySlice<UInt8>, to bytes: inout [UInt8]) {
    append(UInt32(truncatingIfNeeded: slot), to: &bytes)
    append(UInt32(truncatingIfNeeded: text.count), to: &bytes)
    bytes.append(contentsOf: text)
  }

  private func number(_ place: Int) -> Int {
    Int(bytes[place]) | Int(bytes[place + 1]) << 8 | Int(bytes[place + 2]) << 16 | Int(bytes[place + 3]) << 24
  }

  /// Goes over the values of a field; stops where the body answers false.
  private func forEach(_ slot: Int, _ body: (Range<Int>) -> Bool) {
    var place = Int(ruleCount) * 4
    while place + 8 <= bytes.count {
      let own = number(place)
      let end = place + 8 + number(place + 4)
      if own == slot, !body(place + 8..<end) { return }
      place = end
    }
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private func texts(_ slot: Int, most: Int = Self.mostValues) -> [String] {
    var found: [String] = []
    forEach(slot) { range in
      found.append(text(range))
      return found.count < most
    }
    return found
  }

  private func first(slot: Int) -> String? {
    var found: String?
    forEach(slot) { range in
      found = text(range)
      return false
    }
    return found
  }

  private func own(_ field: Own) -> String? { first(slot: field.rawValue) }

  /// The first value of a field by its name in rules.
  func first(_ field: String) -> String? {
    for index in 0..<Int(ruleCount) {
      for (name, slot) in layout[number(index * 4)] where name == field {
        if let found = first(slot: slot) { return found }
      }
    }
    return nil
  }

  /// Fields that correlations and messages ask for, by their names in rules.
  var values: [String: [String]] {
    var values: [String: [String]] = [:]
    for index in 0..<Int(ruleCount) {
      for (field, slot) in layout[number(index * 4)] where values[field] == nil {
        let found = texts(slot, most: 16)
        if !found.isEmpty { values[field] = found }
      }
    }
    return values
  }

  /// What makes two deliveries or stages the same thing.
  func identity(_ source: String, _ line: Int) -> String {
    if isAudit {
      return [own(.id) ?? "", own(.received) ?? "", own(.user) ?? "", own(.uri) ?? ""].joined(separator: "\u{0}")
    }
    return first(slot: Self.keySlot) ?? source + "\u{0}" + String(line)
  }

  // MARK: Meaning

  /// Fields that are read of each event that matched, in the order of `Own`.
  static let fields: [FieldNames] = [
    FieldNames(["user.username", "user.name"]), FieldNames(["impersonatedUser.username", "user.effective.name"]),
    FieldNames(["source.ip"]), FieldNames(["auditID", "event.id"]),
    FieldNames(["user.extra.authentication.kubernetes.io/pod-name", "kubernetes.pod.name"]),
    FieldNames(["objectRef.resource", "orchestrator.resource.type"]),
    FieldNames(["objectRef.namespace", "orchestrator.namespace"]),
    FieldNames(["objectRef.name", "orchestrator.resource.name"]), FieldNames(["requestURI", "url.original"]),
    FieldNames(["kubernetes.node.name"]), FieldNames(["host.name"]), FieldNames(["requestReceivedTimestamp"]),
    FieldNames(["user.groups", "kubernetes.audit.user.groups"]),
    FieldNames(["user.extra.authentication.kubernetes.io/credential-id"]),
    FieldNames(["annotations.authentication.kubernetes.io/issued-credential-id"]),
    FieldNames(["objectRef.subresource"]), FieldNames(["verb", "event.action"]),
    FieldNames(["responseStatus.code", "http.response.status_code"]),
    FieldNames(["requestObject.subjects.name"]), FieldNames(["requestObject.subjects.namespace"]),
    FieldTaxonomy.names("podContainers.image", LogSource(product: "kubernetes")),
    FieldNames(["requestObject.status.containerStatuses.image"]),
    FieldNames(["requestObject.status.containerStatuses.imageID"]),
  ]

  /// The place of each of them among the details.
  enum Own: Int, CaseIterable {
    case user, effective, address, id, pod, resource, namespace, name, uri, node, host, received
    case groups, credential, issued, subresource, verb, code, subjects, subjectNamespaces
    // What follows is not kept.
    case images, runningImages, imageIDs
  }

  /// Maximum number of values of one event that become links.
  private static let mostSubjects = 8

  private func all(_ field: Own) -> [String] { texts(field.rawValue, most: Self.mostSubjects) }

  func details(_ source: String, _ line: Int) -> DetectedEvent.Details {
    let user = own(.user) ?? ""
    let address = own(.address) ?? ""
    var entities: [Entity] = []
    func add(_ entity: Entity?) {
      if let entity, !entities.contains(entity) { entities.append(entity) }
    }
    let who = Self.account(user)
    add(who)
    add(Self.account(own(.effective) ?? ""))
    let isRemote = IPAddress(address).map { !Self.isLocal($0) } ?? false
    if isRemote { add(Entity(.address, address)) }
    let namespace = own(.namespace) ?? ""
    let place = who?.kind == .serviceAccount ? String(who?.name.prefix { $0 != "/" } ?? "") : namespace
    let pod = own(.pod).map { Entity(.pod, place.isEmpty ? $0 : place + "/" + $0) }
    add(pod)
    let name = own(.name) ?? ""
    var object: Entity?
    if !name.isEmpty {
      switch own(.resource) {
      case "pods": object = Entity(.pod, namespace + "/" + name)
      case "serviceaccounts": object = Entity(.serviceAccount, namespace + "/" + name)
      case "nodes": object = Entity(.node, name)
      default: break
      }
    }
    add(object)
    if !namespace.isEmpty { add(Entity(.namespace, namespace)) }
    let host = isAudit ? nil : own(.host).flatMap { $0.isEmpty ? nil : Entity(.host, $0) }
    add(host)
    if isAudit, who == nil || who?.kind == .node, let node = own(.node), !node.isEmpty {
      add(Entity(.node, node))
    }
    var links: [AlertLink] = []
    var receives: [AlertLink] = []
    if isRemote { links.append(.address(address)) }
    if let pod {
      links.append(.pod(pod))
      receives.append(.pod(pod))
    }
    if let who {
      receives.append(.rights(who))
      switch who.kind {
      case .serviceAccount where pod != nil: break
      case .serviceAccount where place != "kube-system":
        links.append(.outside(who))
        receives.append(.outside(who))
      case .user where host == nil && !isShared(user): links.append(.person(who))
      // A name is somebody on one host alone.
      case .user where host != nil: links.append(.session(who, address: host?.name ?? ""))
      default: links.append(.session(who, address: address))
      }
    }
    // A certificate of an account that several use is a file that several have.
    if let credential = own(.credential), !credential.isEmpty, !isShared(user) || who?.kind == .node {
      links.append(.credential(credential))
      receives.append(.credential(credential))
    }
    // Accounts that may do everything set up clusters: what they hand out is the order of the day.
    let hands = isAudit && !isShared(user) ? self.hands(object, namespace) : []
    return DetectedEvent.Details(
      id: own(.id) ?? "", identity: identity(source, line), actor: user, sourceAddress: address, entities: entities,
      links: links, receives: receives, hands: hands,
      targets: hands.isEmpty ? [] : object.map { $0 == who ? [] : [$0] } ?? [])
  }

  /// What the actor of a request has taken hold of by it.
  private func hands(_ object: Entity?, _ namespace: String) -> [AlertLink] {
    if let code = own(.code).flatMap({ Int($0) }), (400..<500).contains(code) { return [] }
    let verb = own(.verb) ?? ""
    let subresource = own(.subresource) ?? ""
    switch own(.resource) {
    case "pods":
      guard let object else { return [] }
      switch subresource {
      case "exec", "attach", "ephemeralcontainers": return [.pod(object)]
      case "": return verb == "create" ? [.pod(object)] : []
      default: return []
      }
    case "serviceaccounts":
      guard subresource == "token", verb == "create" else { return [] }
      if let issued = own(.issued), !issued.isEmpty { return [.credential(issued)] }
      return object.map { [.outside($0)] } ?? []
    case "rolebindings", "clusterrolebindings":
      guard subresource.isEmpty, verb != "delete", verb != "get" else { return [] }
      let namespaces = Set(all(.subjectNamespaces)).sorted()
      return all(.subjects).flatMap { name in
        [.rights(Self.account(name) ?? Entity(.user, name))]
          + (namespaces.isEmpty && !namespace.isEmpty ? [namespace] : namespaces).map {
            .rights(Entity(.serviceAccount, $0 + "/" + name))
          }
      }
    default: return []
    }
  }

  /// Whether an account is used by several by its nature.
  private func isShared(_ user: String) -> Bool {
    user.hasPrefix("system:") && !user.hasPrefix("system:serviceaccount:")
      || texts(Own.groups.rawValue).contains { $0 == "system:masters" || $0 == "kubeadm:cluster-admins" }
  }

  /// The account that a user name stands for; nil for nobody.
  private static func account(_ name: String) -> Entity? {
    if name.isEmpty || name == "system:anonymous" { return nil }
    let parts = name.split(separator: ":", omittingEmptySubsequences: false)
    if parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" {
      return Entity(.serviceAccount, parts[2] + "/" + parts[3])
    }
    if name.hasPrefix("system:node:") { return Entity(.node, String(name.dropFirst("system:node:".count))) }
    return Entity(.user, name)
  }

  private static let local = ["127.0.0.0/8", "::1/128"].compactMap { IPRange(cidr: $0) }

  private static func isLocal(_ address: IPAddress) -> Bool { local.contains { $0.contains(address) } }
}
