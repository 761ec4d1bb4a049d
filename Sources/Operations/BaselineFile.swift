import Bytes
import Collect
import Findings
import Transport

/// A JSON report of an earlier scan, as a baseline.
enum BaselineFile {
  static func read(_ path: String) throws(BartizanError) -> Baseline {
    Baseline(try entries(path))
  }

  /// Takes what is known out of a result, and says how much it was.
  static func leaveOut(_ path: String, of result: inout ScanResult) throws(BartizanError) {
    let known = try read(path)
    let before = result.findings.count
    result.findings.removeAll(where: known.knows)
    let count = before - result.findings.count
    StandardError.line("bartizan: \(count) known finding\(count == 1 ? "" : "s") of \(path) left out")
  }

  static func entries(_ path: String) throws(BartizanError) -> [Baseline.Entry] {
    let node: DocumentNode
    do {
      node = try JSONReader.read(try FileReader.read(path))
    } catch let error as DocumentError {
      throw BartizanError(
        .input, "\(path):\(error.line): \(error.message); a baseline is a report of `scan --format json`")
    } catch let error as BartizanError {
      throw BartizanError(.input, "\(path): \(error.message)")
    } catch {
      throw BartizanError(.input, "\(path): \(error)")
    }
    guard ["ScanReport", "ImageReport"].contains(node["kind"]?.string) else {
      throw BartizanError(
        .input, "\(path): no ScanReport and no ImageReport; a baseline is a report of `scan --format json`")
    }
    let isOfImage = node["kind"]?.string == "ImageReport"
    return (node["findings"]?.elements ?? []).map { finding in
      let subject =
        isOfImage
        ? Subject.image("")
        : Subject(
          reportedGroup: finding[path: "subject", "group"]?.string ?? "",
          kind: finding[path: "subject", "kind"]?.string ?? "",
          namespace: finding[path: "subject", "namespace"]?.string,
          name: finding[path: "subject", "name"]?.string ?? "",
          cluster: finding[path: "subject", "cluster"]?.string)
      return Baseline.Entry(
        check: finding["check"]?.string ?? finding["id"]?.string ?? "", subject: Baseline.Entry.subject(subject),
        fingerprint: finding["fingerprint"]?.string ?? "")
    }
  }
}
