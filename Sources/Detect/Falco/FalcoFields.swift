package import Bytes
package import Events

/// The fields of Falco's Kubernetes audit and JSON plugins. Source: falcosecurity/plugins, plugins/k8saudit/README.md
/// and plugins/json/README.md, "Supported Fields".
package enum FalcoFields {
  /// What an event says of a field: absent, one value or many.
  package enum Found: Sendable {
    case absent
    case value(String)
    case list([String])

    package var values: [String] {
      switch self {
      case .absent: []
      case .value(let value): [value]
      case .list(let values): values
      }
    }
  }

  /// An event as the fields see it.
  package struct Record: Sendable {
    package let event: Event
    package let node: DocumentNode

    /// Nil for an event that is no JSON.
    package init?(_ event: Event) {
      guard let node = event.document() else { return nil }
      self.event = event
      self.node = node
    }
  }

  package static func isKnown(_ field: FalcoCondition.Field) -> Bool {
    plain[field.name] != nil || special.contains(field.name) || container(field.name) != nil
  }

  /// Fields that stand at one path.
  private static let plain: [String: [String]] = [
    "ka.auditid": ["auditID"], "ka.stage": ["stage"], "ka.user.name": ["user", "username"],
    "ka.user.groups": ["user", "groups"], "ka.impuser.name": ["impersonatedUser", "username"], "ka.verb": ["verb"],
    "ka.uri": ["requestURI"], "ka.target.name": ["objectRef", "name"],
    "ka.target.namespace": ["objectRef", "namespace"], "ka.target.resource": ["objectRef", "resource"],
    "ka.target.subresource": ["objectRef", "subresource"],
    "ka.auth.decision": ["annotations", "authorization.k8s.io/decision"],
    "ka.auth.reason": ["annotations", "authorization.k8s.io/reason"],
    "ka.auth.openshift.decision": ["annotations", "authentication.openshift.io/decision"],
    "ka.auth.openshift.username": ["annotations", "authentication.openshift.io/username"],
    "ka.req.binding.subjects": ["requestObject", "subjects"],
    "ka.req.binding.role": ["requestObject", "roleRef", "name"],
    "ka.req.configmap.name": ["objectRef", "name"], "ka.req.configmap.obj": ["requestObject", "data"],
    "ka.req.pod.host_ipc": ["requestObject", "spec", "hostIPC"],
    "ka.req.pod.host_network": ["requestObject", "spec", "hostNetwork"],
    "ka.req.container.host_network": ["requestObject", "spec", "hostNetwork"],
    "ka.req.pod.host_pid": ["requestObject", "spec", "hostPID"],
    "ka.req.pod.run_as_user": ["requestObject", "spec", "securityContext", "runAsUser"],
    "ka.req.pod.run_as_group": ["requestObject", "spec", "securityContext", "runAsGroup"],
    "ka.req.pod.fs_group": ["requestObject", "spec", "securityContext", "fsGroup"],
    "ka.req.pod.supplemental_groups": ["requestObject", "spec", "securityContext", "supplementalGroups"],
    "ka.req.role.rules": ["requestObject", "rules"], "ka.req.role.rules.verbs": ["requestObject", "rules", "verbs"],
    "ka.req.role.rules.resources": ["requestObject", "rules", "resources"],
    "ka.req.role.rules.apiGroups": ["requestObject", "rules", "apiGroups"],
    "ka.req.role.rules.nonResourceURLs": ["requestObject", "rules", "nonResourceURLs"],
    "ka.req.service.type": ["requestObject", "spec", "type"],
    "ka.req.service.ports": ["requestObject", "spec", "ports"],
    "ka.req.pod.volumes.hostpath": ["requestObject", "spec", "volumes", "hostPath", "path"],
    "ka.req.pod.volumes.flexvolume_driver": ["requestObject", "spec", "volumes", "flexVolume", "driver"],
    "ka.resp.name": ["responseObject", "metadata", "name"], "ka.response.code": ["responseStatus", "code"],
    "ka.response.reason": ["responseStatus", "reason"], "ka.useragent": ["userAgent"], "ka.sourceips": ["sourceIPs"],
    "ka.cluster.name": ["cluster", "name"],
  ]

  private static let special: Set<String> = [
    "ka.uri.param", "ka.target.pod.name", "ka.req.binding.subject.has_name", "ka.req.volume.hostpath",
    "ka.req.pod.volumes.volume_type", "jevt.value", "jevt.time", "jevt.time.iso8601", "jevt.rawtime", "jevt.obj",
    "json.value", "json.obj", "json.rawtime", "evt.time", "evt.rawtime", "evt.num",
  ]

  /// Fields of containers: the kind of container and what is asked of it.
  private static func container(_ name: String) -> (kind: String, rest: String)? {
    for (prefix, kind) in [
      ("ka.req.pod.containers.", "containers"), ("ka.req.pod.initContainers.", "initContainers"),
      ("ka.req.pod.ephemeralContainers.", "ephemeralContainers"), ("ka.req.container.", "containers"),
    ] where name.hasPrefix(prefix) {
      let rest = String(name.dropFirst(prefix.count))
      return containerPaths[rest] != nil || rest == "image.repository" || rest.hasPrefix("eff_") ? (kind, rest) : nil
    }
    return nil
  }

  private static let containerPaths: [String: [String]] = [
    "image": ["image"], "privileged": ["securityContext", "privileged"],
    "allow_privilege_escalation": ["securityContext", "allowPrivilegeEscalation"],
    "read_only_fs": ["securityContext", "readOnlyRootFilesystem"], "run_as_user": ["securityContext", "runAsUser"],
    "run_as_group": ["securityContext", "runAsGroup"], "proc_mount": ["securityContext", "procMount"],
    "add_capabilities": ["securityContext", "capabilities", "add"], "host_port": ["ports", "hostPort"],
  ]

  package static func find(_ field: FalcoCondition.Field, _ record: Record) -> Found {
    var found = base(field, record)
    for transformer in field.transformers {
      func each(_ make: (String) -> String?) {
        switch found {
        case .absent: break
        case .value(let value): found = make(value).map { .value($0) } ?? .absent
        case .list(let values): found = .list(values.compactMap(make))
        }
      }
      switch transformer {
      case "tolower": each { $0.lowercased() }
      case "toupper": each { $0.uppercased() }
      case "basename": each { $0.split(separator: "/").last.map(String.init) ?? "" }
      case "b64": each { Base64.decode($0).map { String(decoding: $0, as: UTF8.self) } }
      case "len":
        switch found {
        case .absent: break
        case .value(let value): found = .value(String(value.utf8.count))
        case .list(let values): found = .value(String(values.count))
        }
      default: break
      }
    }
    return found
  }

  private static func base(_ field: FalcoCondition.Field, _ record: Record) -> Found {
    let node = record.node
    if let path = plain[field.name] {
      let found = values(node, path[...])
      if let argument = field.argument, let index = Int(argument) {
        return found.values.indices.contains(index) ? .value(found.values[index]) : .absent
      }
      return found
    }
    if let (kind, rest) = container(field.name) {
      var containers = containers(node, kind)
      if let argument = field.argument, let index = Int(argument) {
        containers = containers.indices.contains(index) ? [containers[index]] : []
      }
      let found = containers.flatMap { container -> [String] in
        switch rest {
        case "image.repository": return container["image"]?.text.map { [repository($0)] } ?? []
        case "eff_run_as_user", "eff_run_as_group":
          let key = rest == "eff_run_as_user" ? "runAsUser" : "runAsGroup"
          let own = container["securityContext"]?[key]?.text
          return [own ?? node[path: "requestObject", "spec", "securityContext"]?[key]?.text ?? "0"]
        case "privileged":
          return [container["securityContext"]?["privileged"]?.bool == true ? "true" : "false"]
        default: return self.values(container, (containerPaths[rest] ?? [])[...]).values
        }
      }
      return containers.isEmpty ? .absent : .list(found)
    }
    switch field.name {
    case "jevt.value", "json.value": return pointer(node, field.argument ?? "")
    case "jevt.obj", "json.obj": return .value(record.event.originalText)
    case "jevt.rawtime", "json.rawtime", "evt.rawtime":
      return .value(String(record.event.time?.nanoseconds ?? 0))
    case "jevt.time", "jevt.time.iso8601", "evt.time": return .value(record.event.time?.text ?? "")
    case "evt.num": return .value("0")
    case "ka.uri.param":
      guard let uri = node["requestURI"]?.text, let start = uri.firstIndex(of: "?") else { return .absent }
      for pair in uri[uri.index(after: start)...].split(separator: "&") {
        let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts[0] == field.argument ?? "" else { continue }
        let value = parts.count > 1 ? String(parts[1]) : ""
        return .value(PercentEncoding.decode(value.replacing("+", with: " ")) ?? value)
      }
      return .absent
    case "ka.target.pod.name":
      guard node[path: "objectRef", "resource"]?.text == "pods" else { return .absent }
      return node[path: "objectRef", "name"]?.text.map { .value($0) } ?? .absent
    case "ka.req.binding.subject.has_name":
      let names = values(node, ["requestObject", "subjects", "name"]).values
      return .value(names.contains(field.argument ?? "") ? "true" : "false")
    case "ka.req.volume.hostpath":
      let pattern = pattern(field.argument ?? "", isCased: true)
      let paths = values(node, ["requestObject", "spec", "volumes", "hostPath", "path"]).values
      return .value(paths.contains { pattern.matches($0) } ? "true" : "false")
    case "ka.req.pod.volumes.volume_type":
      let volumes = node[path: "requestObject", "spec", "volumes"]?.elements ?? []
      let kinds = volumes.flatMap { $0.entries.map(\.key).filter { $0 != "name" } }
      return volumes.isEmpty ? .absent : .list(kinds)
    default: return .absent
    }
  }

  private static func containers(_ node: DocumentNode, _ kind: String) -> [DocumentNode] {
    guard let spec = node[path: "requestObject", "spec"] ?? node["requestObject"] else { return [] }
    return (spec[kind] ?? spec["template"]?["spec"]?[kind])?.elements ?? []
  }

  /// The image without tag and digest.
  private static func repository(_ image: String) -> String {
    var name = image[...]
    if let at = name.firstIndex(of: "@") { name = name[..<at] }
    let slash = name.lastIndex(of: "/") ?? name.startIndex
    if let colon = name[slash...].lastIndex(of: ":") { name = name[..<colon] }
    return String(name)
  }

  private static func values(_ node: DocumentNode, _ path: ArraySlice<String>) -> Found {
    if let list = node.array {
      let found = list.flatMap { values($0, path).values }
      return .list(found)
    }
    guard let key = path.first else {
      switch node.content {
      case .null: return .absent
      case .object: return .value(JSONWriter.compact(node, escapesHTML: false))
      default: return node.text.map { .value($0) } ?? .absent
      }
    }
    guard let next = node[key] else { return .absent }
    return values(next, path.dropFirst())
  }

  /// RFC 6901.
  private static func pointer(_ node: DocumentNode, _ text: String) -> Found {
    var current = node
    for part in text.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      let key = part.replacing("~1", with: "/").replacing("~0", with: "~")
      if let list = current.array {
        guard let index = Int(key), list.indices.contains(index) else { return .absent }
        current = list[index]
      } else if let next = current[String(key)] {
        current = next
      } else {
        return .absent
      }
    }
    switch current.content {
    case .null: return .absent
    case .object, .array: return .value(JSONWriter.compact(current, escapesHTML: false))
    default: return current.text.map { .value($0) } ?? .absent
    }
  }

  static func pattern(_ text: String, isCased: Bool) -> TextPattern {
    var elements: [TextPattern.Element] = []
    for byte in text.utf8 {
      switch byte {
      case 0x2A: elements.append(.many)
      case 0x3F: elements.append(.one)
      default: elements.append(.bytes([byte]))
      }
    }
    return TextPattern(elements, isCased: isCased)
  }
}

extension FalcoCondition {
  /// Whether the condition holds. An absent field agrees with nothing.
  package func holds(_ record: FalcoFields.Record) -> Bool {
    switch self {
    case .all(let terms): return terms.allSatisfy { $0.holds(record) }
    case .any(let terms): return terms.contains { $0.holds(record) }
    case .not(let inner): return !inner.holds(record)
    case .macro: return false
    case .check(let field, let operation, let operand, let regex):
      let found = FalcoFields.find(field, record)
      if operation == .exists {
        if case .absent = found { return false }
        return true
      }
      if case .absent = found { return false }
      let expected: [String] =
        switch operand {
        case .text(let text): [text]
        case .list(let items): items
        case .field(let other): FalcoFields.find(other, record).values
        }
      let values = found.values
      switch operation {
      case .exists: return true
      case .isIn: return !values.isEmpty && values.allSatisfy { expected.contains($0) }
      case .intersects: return values.contains { expected.contains($0) }
      case .pmatch: return values.contains { value in expected.contains { value == $0 || value.hasPrefix($0 + "/") } }
      case .equal: return values == expected || values.count > 1 && Set(values) == Set(expected)
      case .notEqual: return values != expected
      default: return values.contains { Self.holds(operation, $0, expected.first ?? "", regex) }
      }
    }
  }

  private static func holds(_ operation: Operation, _ value: String, _ other: String, _ regex: LinearRegex?) -> Bool {
    switch operation {
    case .contains: return other.isEmpty || value.contains(other)
    case .icontains: return other.isEmpty || value.lowercased().contains(other.lowercased())
    case .startswith: return value.hasPrefix(other)
    case .endswith: return value.hasSuffix(other)
    case .glob: return FalcoFields.pattern(other, isCased: true).matches(value)
    case .iglob: return FalcoFields.pattern(other, isCased: false).matches(value)
    case .bcontains, .bstartswith:
      guard let bytes = Hex.bytes(other) else { return false }
      let text = String(decoding: bytes, as: UTF8.self)
      return operation == .bcontains ? value.contains(text) : value.hasPrefix(text)
    case .regex: return regex.map { $0.isWithinBounds(value) && $0.matchesWhole(value) } ?? false
    case .less, .lessOrEqual, .greater, .greaterOrEqual:
      guard let a = Double(value), let b = Double(other) else { return false }
      return operation == .less ? a < b : operation == .lessOrEqual ? a <= b : operation == .greater ? a > b : a >= b
    case .exists, .equal, .notEqual, .isIn, .intersects, .pmatch: return false
    }
  }

  /// The text of an alert: `%field` and `%field[argument]` replaced by what the event says, `<NA>` where it is silent.
  package static func output(_ template: String, _ record: FalcoFields.Record) -> String {
    var output = ""
    var rest = template[...]
    while let percent = rest.firstIndex(of: "%") {
      output += rest[..<percent]
      rest = rest[rest.index(after: percent)...]
      var end = rest.startIndex
      while end < rest.endIndex, rest[end].isLetter || rest[end].isNumber || rest[end] == "." || rest[end] == "_" {
        end = rest.index(after: end)
      }
      var name = rest[..<end]
      while name.last == "." { name = name.dropLast() }
      guard name.contains(".") else {
        output += "%"
        continue
      }
      rest = rest[name.endIndex...]
      var argument: String?
      if rest.first == "[", let close = rest.firstIndex(of: "]") {
        argument = String(rest[rest.index(after: rest.startIndex)..<close])
        rest = rest[rest.index(after: close)...]
      }
      let field = Field(name: String(name), argument: argument, transformers: [])
      switch FalcoFields.find(field, record) {
      case .absent: output += "<NA>"
      case .value(let value): output += value
      case .list(let values): output += "(" + values.joined(separator: ",") + ")"
      }
    }
    return output + rest
  }
}
