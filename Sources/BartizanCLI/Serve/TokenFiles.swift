import Findings
import Operations
import Server
import Transport

/// Files of tokens, which hold hashes alone.
enum TokenFiles {
  /// - Throws: `BartizanError` for a file that cannot be read, or is no list.
  static func read(_ path: String) throws(BartizanError) -> TokenList {
    let bytes = try FileReader.named(path)
    do throws(TokenList.Invalid) { return try TokenList(json: bytes) } catch {
      throw BartizanError(.input, "\(path): \(error.message)")
    }
  }

  static func write(_ list: TokenList, _ path: String) throws(BartizanError) {
    try FileWriter.writePrivate(list.json, to: path)
  }
}
