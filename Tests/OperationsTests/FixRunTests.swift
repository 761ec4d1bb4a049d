import Bytes
import Collect
import Findings
import Kube
import Operations
import Posture
import TestKit
import Testing

/// Fixes are carried out on real manifests: what is claimed to be fixed is gone, nothing new appears, and lines that no
/// edit concerns stay as they are.
@Suite struct FixRunTests {
  static let corpora: [(name: String, path: String)] = [
    ("sample cluster", FileReaderForTests.repository + "/examples/cluster"),
    ("vulnerable", SharedData.root + "/posture/vulnerable"),
    ("charts-rendered", SharedData.root + "/posture/charts-rendered"),
  ]

  private struct Key: Hashable {
    let check: CheckID
    let subject: Subject
    let file: String
    init(_ finding: Finding) {
      check = finding.check
      subject = finding.subject
      file = finding.location.file
    }
  }

  @Test(arguments: corpora.indices, [false, true]) func fixesTakeTheirFindingsAwayAndNothingElse(
    _ index: Int, _ risky: Bool
  ) async throws {
    let (name, path) = Self.corpora[index]
    guard index == 0 || SharedData.isPresent else {
      print(SharedData.skipMessage)
      return
    }
    // Files as they are written: what a kustomization makes of them is in no file that could be edited.
    let walk = FolderWalk(path)
    var written = ClusterSnapshot.Builder()
    for file in walk.files { written.append(ManifestReader.read(file: file, limits: .standard)) }
    let snapshot = written.build()
    let before = await PostureScan().run(snapshot).findings
    let run = FixRun(before, snapshot, risky: risky)
    #expect(run.elsewhere == 0)

    // The same snapshot with the edited files in place of the old ones.
    var builder = ClusterSnapshot.Builder()
    let edited = Dictionary(uniqueKeysWithValues: run.files.map { ($0.name, $0.new) })
    for file in walk.files {
      if let bytes = edited[file] {
        ManifestReader.read(bytes, file: file, into: &builder, limits: .standard)
      } else {
        builder.append(ManifestReader.read(file: file, limits: .standard))
      }
    }
    let after = await PostureScan().run(builder.build()).findings
    let left = Set(after.map(Key.init))
    // Two objects of one name in one file are one to a reader; they are told apart by line only.
    let claimed = Set(run.fixed.map(Key.init)).subtracting(
      before.filter { finding in !run.fixed.contains { $0 == finding } }.map(Key.init))
    let still = claimed.intersection(left)
    #expect(still.isEmpty, "\(still.prefix(5))")
    if !risky {
      let new = left.subtracting(before.map(Key.init))
      #expect(new.isEmpty, "\(new.prefix(5))")
    }

    // Lines are added. Only the line of a value that changes is replaced, and it keeps its key.
    var removed = 0
    for file in run.files {
      let difference = Self.lines(file.new).difference(from: Self.lines(file.old))
      var inserted = difference.insertions.map(Self.key)
      for case .remove(_, let line, _) in difference.removals where !risky {
        // An empty mapping is filled where it stands, and a field may get another name.
        let text = line.drop { $0 == " " }
        if text == "{}" || text.hasPrefix("serviceAccount:") { continue }
        let place = inserted.firstIndex(of: Self.key(line))
        #expect(place != nil, "\(file.name): \(line)")
        if let place { inserted.remove(at: place) }
      }
      removed += difference.removals.count
    }
    let edits = run.fixed.reduce(0) { $0 + ($1.fix?.edits.count ?? 0) }
    #expect(run.fixed.count > 0)
    print(
      "\(name)\(risky ? ", risky ones too" : ""): \(run.fixed.count) findings fixed by \(edits) edits in \(run.files.count) files, \(removed) lines replaced, \(run.refused.count) refused, \(run.offered) offered"
    )
  }

  private static func lines(_ bytes: [UInt8]) -> [Substring] {
    String(decoding: bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
  }

  /// Indentation and key of a line.
  private static func key(_ line: Substring) -> Substring { line.prefix { $0 != ":" } }

  private static func key(_ change: CollectionDifference<Substring>.Change) -> Substring {
    switch change {
    case .insert(_, let line, _), .remove(_, let line, _): key(line)
    }
  }
}
