import Bytes

/// Environments of containers.
///
/// Source: Kubernetes `pkg/apis/core/validation/validation.go`, `ValidateEnv`.
enum EnvironmentRules {
  static func validate(_ container: Field, _ found: inout Violations) {
    for variable in container["env"].items {
      let name = variable["name"]
      if name.text.isEmpty {
        found.required(name)
      } else {
        found.faults(name, Grammar.variableName(name.text))
      }
      value(variable, &found)
    }
    for source in container["envFrom"].items {
      if !source["prefix"].text.isEmpty { found.faults(source["prefix"], Grammar.variableName(source["prefix"].text)) }
      let kinds = ["configMapRef", "secretRef"].filter { source[$0].isPresent }
      for kind in kinds where source[kind, "name"].text.isEmpty { found.required(source[kind, "name"]) }
      if kinds.isEmpty {
        found.invalid(source, value: "\"\"", "must specify one of: `configMapRef` or `secretRef`")
      } else if kinds.count > 1 {
        found.invalid(source, value: "\"\"", "may not have more than one field specified at a time")
      }
    }
  }

  private static let fields = [
    "metadata.name", "metadata.namespace", "metadata.uid", "spec.nodeName", "spec.serviceAccountName", "status.hostIP",
    "status.hostIPs", "status.podIP", "status.podIPs",
  ]

  private static func value(_ variable: Field, _ found: inout Violations) {
    let source = variable["valueFrom"]
    guard source.isPresent else { return }
    var count = 0
    for kind in ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"]
    where source[kind].isPresent {
      count += 1
      let reference = source[kind]
      switch kind {
      case "fieldRef": fieldReference(reference, fields, &found)
      case "resourceFieldRef": resourceReference(reference, &found)
      case "configMapKeyRef", "secretKeyRef":
        if reference["name"].text.isEmpty { found.required(reference["name"]) }
        if reference["key"].text.isEmpty {
          found.required(reference["key"])
        } else {
          found.faults(reference["key"], Grammar.configKey(reference["key"].text))
        }
      default: break
      }
    }
    if count == 0 {
      found.invalid(
        source, value: "\"\"",
        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`")
    }
    if !variable["value"].text.isEmpty {
      if count > 0 { found.invalid(source, value: "\"\"", "may not be specified when `value` is not empty") }
    } else if count > 1 {
      found.invalid(source, value: "\"\"", "may not have more than one field specified at a time")
    }
  }

  static func fieldReference(_ reference: Field, _ supported: [String], _ found: inout Violations) {
    let path = reference["fieldPath"]
    if path.text.isEmpty { return found.required(path) }
    let text = path.text
    for map in ["metadata.annotations", "metadata.labels"] where text.hasPrefix(map + "['") && text.hasSuffix("']") {
      let key = String(text.dropFirst(map.count + 2).dropLast(2))
      found.faults(path, Grammar.qualifiedName(map == "metadata.annotations" ? key.lowercased() : key))
      return
    }
    if !supported.contains(text) { found.notSupported(path, supported) }
  }

  static func resourceReference(_ reference: Field, _ found: inout Violations) {
    let resource = reference["resource"]
    if resource.text.isEmpty { return found.required(resource) }
    let known = [
      "limits.cpu", "limits.ephemeral-storage", "limits.memory", "requests.cpu", "requests.ephemeral-storage",
      "requests.memory",
    ]
    let isHugePages = resource.text.hasPrefix("limits.hugepages-") || resource.text.hasPrefix("requests.hugepages-")
    if !known.contains(resource.text), !isHugePages { found.notSupported(resource, known) }
  }
}
