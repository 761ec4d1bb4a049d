import Bytes
package import Findings
package import Reach
import Transport

/// Observed or declared connections in files: CSV, JSON, Hubble or Calico's flow log, a line each, plain or gzip.
package enum WantedConnectionFiles {
  /// - Throws: `BartizanError` for a file that cannot be read, or in which no line is a connection.
  package static func read(_ path: String) throws(BartizanError) -> [WantedConnection] {
    var bytes = try FileReader.named(path)
    if Gzip.isGzip(bytes) {
      do throws(DocumentError) { bytes = try Gzip.decompress(bytes) } catch { throw BartizanError(error, in: path) }
    }
    var wanted: [WantedConnection] = []
    var lines = 0
    for chunk in LineChunks(bytes) {
      for line in LineChunks.lines(bytes, chunk) {
        lines += 1
        if bytes[line].first(where: { $0 > 0x20 }) == UInt8(ascii: "{") {
          let stream = JSONReader.readStream(bytes.span.extracting(line))
          wanted += stream.documents.compactMap { WantedConnection($0) }
        } else if let connection = WantedConnection(csv: String(decoding: bytes[line], as: UTF8.self)) {
          wanted.append(connection)
        }
      }
    }
    guard !wanted.isEmpty else {
      throw BartizanError(.input, "\(path): no connection in its \(Phrase.count(lines, "line"))")
    }
    return wanted
  }
}
