package import Bytes
package import Findings
import Transport

extension BartizanError {
  /// An error about an invalid document.
  ///
  /// - Parameter file: where the document is; nil where the message already says so.
  package init(_ error: DocumentError, in file: String? = nil) {
    self.init(.input, (file.map { $0 + ": " } ?? "") + error.message, cause: error)
  }
}

extension FileReader {
  /// The bytes of a file that the user named; errors mention its name.
  package static func named(_ path: String, limits: Limits = .standard) throws(BartizanError) -> [UInt8] {
    do throws(BartizanError) {
      return path == "-" ? try readStandardInput(limits: limits) : try read(path, limits: limits)
    } catch {
      throw BartizanError(error.code, "\(path): \(error.message)", cause: error)
    }
  }
}
