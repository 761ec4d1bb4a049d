package import Bytes
package import Findings

/// What a saved snapshot contains besides its objects: where it is from, and what was not read.
package struct SnapshotRecord: Sendable {
  package static let apiVersion = "bartizan.dev/v1"
  package static let kind = "ClusterSnapshot"

  /// The context or the files that it was taken from.
  package let source: String
  /// RFC 3339.
  package let taken: String
  package let refused: [GroupKind: String]
  /// Kinds that the cluster was not asked for.
  package let skipped: Set<GroupKind>
  package let problems: [Problem]
  /// The minor version of the server; nil for files.
  package let serverMinor: Int?

  package init(
    source: String, taken: String, refused: [GroupKind: String], skipped: Set<GroupKind> = [], problems: [Problem],
    serverMinor: Int? = nil
  ) {
    self.skipped = skipped
    self.serverMinor = serverMinor
    self.source = source
    self.taken = taken
    self.refused = refused
    self.problems = problems
  }

  /// Nil for a document that is not a mapping. Missing fields are empty.
  package init?(_ document: DocumentNode) {
    guard document.mapping != nil else { return nil }
    let source = document["source"]?.string ?? ""
    self.source = source
    taken = document["taken"]?.string ?? ""
    var refused: [GroupKind: String] = [:]
    for item in document["refused"]?.elements ?? [] {
      guard let kind = item["kind"]?.string else { continue }
      refused[GroupKind(item["group"]?.string ?? "", kind)] = item["reason"]?.string ?? "refused"
    }
    self.refused = refused
    skipped = Set(
      (document["notAsked"]?.elements ?? []).compactMap { item in
        item["kind"]?.string.map { GroupKind(item["group"]?.string ?? "", $0) }
      })
    serverMinor = document["serverVersion"]?.text.flatMap { $0.hasPrefix("1.") ? Int($0.dropFirst(2)) : nil }
    problems = (document["problems"]?.elements ?? []).map { item in
      Problem(
        code: Problem.Code(rawValue: item["code"]?.string ?? "unknown"),
        location: Location(file: item["file"]?.string ?? source, line: Int(item["line"]?.int ?? 0)),
        message: item["message"]?.string ?? "", hidesInput: item["hidesInput"]?.bool ?? true)
    }
  }

  package func write(to writer: inout JSONWriter) {
    writer.object { writer in
      writer.field("apiVersion", Self.apiVersion)
      writer.field("kind", Self.kind)
      writer.field("source", source)
      writer.field("taken", taken)
      if let serverMinor { writer.field("serverVersion", "1.\(serverMinor)") }
      writer.key("refused")
      writer.array(of: refused.sorted { $0.key < $1.key }) { writer, item in
        writer.object { writer in
          writer.field("group", item.key.group)
          writer.field("kind", item.key.kind)
          writer.field("reason", item.value)
        }
      }
      writer.key("notAsked")
      writer.array(of: skipped.sorted()) { writer, kind in
        writer.object { writer in
          writer.field("group", kind.group)
          writer.field("kind", kind.kind)
        }
      }
      writer.key("problems")
      writer.array(of: problems) { writer, problem in
        writer.object { writer in
          writer.field("code", problem.code.rawValue)
          writer.field("file", problem.location.file)
          writer.field("line", problem.location.line)
          writer.field("message", problem.message)
          writer.field("hidesInput", problem.hidesInput)
        }
      }
    }
  }
}
