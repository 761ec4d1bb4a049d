import Bytes
import Events

/// The field `podCommands`: what the containers of the pods run that a request writes, each command with its arguments as one line.
/// Commands stand in containers of all kinds, in the hooks of their lives and in probes, in the templates of all workloads, whole or in
/// patches.
enum PodCommands {
  static let field = "podCommands"

  private static let mostLines = 256
  private static let mostBytes = 16_384
  private static let mostLevels = 24
  private static let kinds: Set<String> = [
    "pods", "deployments", "daemonsets", "statefulsets", "replicasets", "replicationcontrollers", "jobs", "cronjobs",
    "podtemplates",
  ]

  /// - Returns: none for a request that writes no pods.
  static func lines(_ event: Event) -> [String] {
    guard let verb = event[.action], verb == "create" || verb == "update" || verb == "patch" || verb == "apply",
      let kind = event[.resourceType], kinds.contains(kind),
      let object = event.document()?["requestObject"]
    else { return [] }
    var lines: [String] = []
    if let writes = PatchWrite.all(object) {
      for write in writes {
        let key = write.path.last { !$0.allSatisfy { $0.isNumber || $0 == "-" } }
        if key == "command" || key == "args" {
          add([write.value], to: &lines)
        } else {
          visit(write.value, 0, &lines)
        }
      }
    } else {
      visit(object, 0, &lines)
    }
    return lines
  }

  private static func visit(_ node: DocumentNode, _ level: Int, _ lines: inout [String]) {
    guard level < mostLevels, lines.count < mostLines else { return }
    if node.mapping != nil {
      let command = node["command"]
      let arguments = node["args"]
      if command?.array != nil || arguments?.array != nil {
        add([command, arguments].compactMap { $0 }, to: &lines)
      }
      for entry in node.entries where entry.key != "command" && entry.key != "args" {
        visit(entry.value, level + 1, &lines)
      }
    }
    for element in node.array ?? [] { visit(element, level + 1, &lines) }
  }

  private static func add(_ parts: [DocumentNode], to lines: inout [String]) {
    var line = ""
    for part in parts {
      for word in part.array ?? [part] {
        guard let text = word.text, line.utf8.count < mostBytes else { continue }
        if !line.isEmpty { line += " " }
        line += text
      }
    }
    if !line.isEmpty, lines.count < mostLines { lines.append(line) }
  }
}
