package import Bytes
package import Findings
import Transport

extension BartizanError {
  /// A document that cannot be used.
  ///
  /// - Parameter file: where it stands; nil where the message says so itself.
  package init(_ error: DocumentError, in file: String? = nil) {
    self.init(.input, (file.map { $0 + ": " } ?? "") + error.message, cause: error)
  }
}

extension FileReader {
  /// A file that the user named; an error names it, too.
  package static func named(_ path: String, limits: Limits = .standard) throws(BartizanError) -> [UInt8] {
    do throws(BartizanError) {
      return path == "-" ? try readStandardInput(limits: limits) : try read(path, limits: limits)
    } catch {
      throw BartizanError(error.code, "\(path): \(error.message)", cause: error)
    }
  }
}
