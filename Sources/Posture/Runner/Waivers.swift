package import Bytes
package import Findings
package import Kube
import PodSecurity

/// Reads exceptions from annotations of objects and from files.
package enum Waivers {
  /// `bartizan.dev/ignore.CHECK: "reason"`, optionally with `until=YYYY-MM-DD` at the end.
  package static let annotation = "bartizan.dev/ignore."

  /// Exceptions in the annotations of a snapshot. Each one that is invalid becomes a problem.
  package static func annotated(_ snapshot: ClusterSnapshot) -> (waivers: [Waiver], problems: [Problem]) {
    var waivers: [Waiver] = []
    var problems: [Problem] = []
    for object in snapshot.objects {
      for entry in object.metadata?["annotations"]?.entries ?? [] where entry.key.hasPrefix(annotation) {
        let location = Location(file: object.file, line: Int(entry.line), column: Int(entry.column))
        let check = String(entry.key.dropFirst(annotation.count))
        var words = (entry.value.string ?? "").split(separator: " ").map(String.init)
        var expires: String?
        if let last = words.last, last.hasPrefix("until=") {
          expires = String(last.dropFirst(6))
          words.removeLast()
        }
        if let trouble = trouble(check: check, reason: words.joined(separator: " "), expires: expires) {
          problems.append(
            Problem(
              code: "bad-exception", location: location, message: "\(object.subject.text): \(trouble)",
              hidesInput: false))
          continue
        }
        waivers.append(
          Waiver(
            check: check, reason: words.joined(separator: " "), expires: expires, location: location,
            subject: object.subject, meant: meant(by: check)))
      }
    }
    return (waivers, problems)
  }

  /// Whether a document can hold exceptions: a list, or one below `exceptions:`; an empty document holds none.
  package static func isList(_ document: DocumentNode) -> Bool {
    if document.isNull { return true }
    guard document.mapping != nil else { return document.array != nil }
    return document.mapping?.entry("exceptions").map { $0.value.isNull || $0.value.array != nil } ?? false
  }

  /// Reads a list of `{check, kind, namespace, name, reason, expires}` below `exceptions:`. Each invalid one becomes a
  /// problem.
  package static func file(_ documents: [DocumentNode], name: String) -> (waivers: [Waiver], problems: [Problem]) {
    var waivers: [Waiver] = []
    var problems: [Problem] = []
    for document in documents {
      for node in (document["exceptions"] ?? document).elements {
        let location = Location(file: name, line: Int(node.line), column: Int(node.column))
        let check = node["check"]?.text ?? ""
        let reason = node["reason"]?.text ?? ""
        let known: Set<String> = ["check", "kind", "namespace", "name", "reason", "expires"]
        let unknown = node.entries.map(\.key).filter { !known.contains($0) }
        let expires = node["expires"]?.text
        if let trouble = unknown.first.map({ "there is no field \"\($0)\"; the exception was left out" })
          ?? trouble(check: check, reason: reason, expires: expires) ?? width(node, check: check)
        {
          problems.append(Problem(code: "bad-exception", location: location, message: trouble, hidesInput: false))
          continue
        }
        waivers.append(
          Waiver(
            check: check, kind: node["kind"]?.text, namespace: node["namespace"]?.text, name: node["name"]?.text,
            reason: reason, expires: expires, location: location, meant: meant(by: check)))
      }
    }
    return (waivers, problems)
  }

  /// The checks that an id of another tool stands for.
  private static func meant(by check: String) -> Set<String> {
    guard check != "*", CheckCatalogue.check(check) == nil else { return [] }
    return Set(CheckCatalogue.checks(known: check).map(\.metadata.id.rawValue))
  }

  /// Whether the id is a check or an advisory.
  private static func isKnown(_ check: String) -> Bool {
    !CheckCatalogue.checks(known: check).isEmpty || AdvisoryName.isOne(check)
  }

  /// What is wrong with an exception for every check: it names no object, so that nothing would ever be found.
  private static func width(_ node: DocumentNode, check: String) -> String? {
    let names = ["namespace", "name"].compactMap { node[$0]?.text }
    guard check == "*", !names.contains(where: { $0.contains { $0 != "*" && !$0.isWhitespace } }) else { return nil }
    return "an exception for every check wants the name or the namespace of what it is for; it was left out"
  }

  private static func trouble(check: String, reason: String, expires: String?) -> String? {
    if check != "*", !isKnown(check) {
      let near = NearestName.of(check, in: CheckCatalogue.all.map(\.metadata.id.rawValue))
      let meant = near.map { " (did you mean \($0)?)" } ?? ""
      return "there is no check \"\(check)\"\(meant); the exception was left out"
    }
    if reason.allSatisfy(\.isWhitespace) { return "an exception wants a reason; it was left out" }
    if let expires, !Waiver.isDate(expires) {
      return "\"\(expires)\" is no date (YYYY-MM-DD); the exception was left out"
    }
    return nil
  }
}
