import Bytes
import Crypto
import Findings
import Transport

extension FilePart {
  /// SHA-256 of all its bytes.
  func sum() throws(BartizanError) -> Bytes.Digest {
    var sum = SHA256()
    try pump { (bytes) throws(BartizanError) in bytes.withUnsafeBytes { sum.update(bufferPointer: $0) } }
    return Bytes.Digest(.sha256, sum: sum.finalize())
  }
}
