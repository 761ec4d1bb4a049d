import Bytes
import Collect
import Findings
import Transport

/// Questions in a file, or on standard input.
enum BatchFile {
  /// - Parameters:
  ///   - name: a path, or `-`.
  ///   - most: bytes that are read at most.
  static func bytes(_ name: String, most: Int = Limits.standard.inputBytes) throws(BartizanError) -> [UInt8] {
    var limits = Limits()
    limits.inputBytes = most
    do throws(BartizanError) {
      return name == "-" ? try FileReader.readStandardInput(limits: limits) : try FileReader.read(name, limits: limits)
    } catch {
      throw BartizanError(.input, "\(name): \(error.message)")
    }
  }
}
