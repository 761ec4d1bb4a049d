import Bytes
package import Findings
package import Posture
import Transport

/// Reads reports of kube-bench from files, in JSON or as it prints them.
package enum KubeBenchReportFile {
  /// - Parameter path: a file, or `-` for standard input.
  package static func read(_ path: String) throws(BartizanError) -> KubeBenchReport {
    let bytes = try FileReader.named(path)
    do throws(DocumentError) {
      // A list of JSON and the states of text both begin with a bracket.
      if let json = try? JSONReader.read(bytes) { return try KubeBenchReport(json) }
      return try KubeBenchReport(text: String(decoding: TextEncoding.decoded(bytes).utf8, as: UTF8.self))
    } catch { throw BartizanError(.input, "\(Location(file: path, line: error.line).text): \(error.message)") }
  }
}
