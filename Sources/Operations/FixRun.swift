import Bytes
package import Findings
package import Kube
import Transport

/// Carries out the fixes of findings in the files that they were found in.
package struct FixRun {
  /// Files as they should be, in order of name.
  package private(set) var files: [(name: String, old: [UInt8], new: [UInt8])] = []
  /// Findings that these edits take away.
  package private(set) var fixed: [Finding] = []
  /// Findings with a fix that may break something.
  package private(set) var offered = 0
  /// Findings whose place cannot be edited, with the reason.
  package private(set) var refused: [Problem] = []
  /// Findings with a fix, in what is no file: a cluster, an archive, standard input.
  package private(set) var elsewhere = 0

  /// - Parameter risky: whether fixes that may break something are carried out as well.
  package init(_ findings: [Finding], _ snapshot: ClusterSnapshot, risky: Bool) {
    var places: [Subject: [KubeObject]] = [:]
    for object in snapshot.objects { places[object.subject, default: []].append(object) }
    var orders: [String: [(order: ManifestEditor.Order, finding: Finding)]] = [:]
    for finding in findings {
      guard let fix = finding.fix else { continue }
      guard fix.caution == nil || risky else {
        offered += 1
        continue
      }
      // The subject alone may stand in several files; the finding says in which.
      let object = places[finding.subject]?.last { object in
        object.file == finding.location.file && Int(object.root.line) <= max(1, finding.location.line)
      }
      guard let object, FilePaths.isPlainFile(object.file), object.root.line > 0 else {
        elsewhere += 1
        continue
      }
      let order = ManifestEditor.Order(
        line: Int(object.root.line), column: Int(object.root.column), edits: fix.edits)
      orders[object.file, default: []].append((order, finding))
    }
    for (name, list) in orders.sorted(by: { $0.key < $1.key }) {
      do {
        let old = try FileReader.read(name)
        let new = try Self.edited(old, list) { refused.append($0) }
        fixed += new.fixed
        if new.bytes != old { files.append((name, old, new.bytes)) }
      } catch {
        refused.append(
          Problem(
            code: "not-edited", location: Location(file: name), message: String(describing: error), hidesInput: false))
      }
    }
  }

  /// All edits at once; where that does not work, one finding after the other, so that one bad place costs only its own.
  private static func edited(
    _ old: [UInt8], _ list: [(order: ManifestEditor.Order, finding: Finding)], _ refuse: (Problem) -> Void
  ) throws -> (bytes: [UInt8], fixed: [Finding]) {
    do throws(ManifestEditor.Refusal) {
      return (try ManifestEditor.apply(list.map(\.order), to: old), list.map(\.finding))
    } catch {
      var kept: [ManifestEditor.Order] = []
      var bytes = old
      var fixed: [Finding] = []
      for (order, finding) in list {
        do throws(ManifestEditor.Refusal) {
          bytes = try ManifestEditor.apply(kept + [order], to: old)
          kept.append(order)
          fixed.append(finding)
        } catch {
          refuse(
            Problem(
              code: "not-edited", location: finding.location,
              message: "\(finding.subject.text), \(finding.check.rawValue): \(error.message)", hidesInput: false))
        }
      }
      return (bytes, fixed)
    }
  }

  package func write() throws {
    for file in files { try FileWriter.write(file.new, to: file.name) }
  }
}
