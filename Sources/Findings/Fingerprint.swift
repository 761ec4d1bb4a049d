/// A short stable name of a finding: 128 bits, FNV-1a twice with different bases.
///
/// FNV-1a is not collision-resistant: whoever writes manifests could make two findings collide. Code that suppresses
/// findings by fingerprint must compare check and subject as well.
package struct Fingerprint: Sendable, Hashable {
  package let text: String

  package init(_ parts: [String]) {
    var a: UInt64 = 0xcbf2_9ce4_8422_2325
    var b: UInt64 = 0x9ae1_6a3b_2f90_404f
    func mix(_ byte: UInt8) {
      a = (a ^ UInt64(byte)) &* 0x100_0000_01b3
      b = (b ^ UInt64(byte) &+ 0x9e) &* 0x100_0000_01b3
      b ^= b >> 29
    }
    for part in parts {
      for byte in part.utf8 { mix(byte) }
      mix(0)
    }
    text = Self.hex(a) + Self.hex(b)
  }

  private static func hex(_ value: UInt64) -> String {
    String(unsafeUninitializedCapacity: 16) { buffer in
      for index in 0..<16 {
        let digit = UInt8(truncatingIfNeeded: value >> UInt64(60 - 4 * index)) & 0xF
        buffer[index] = digit < 10 ? 0x30 + digit : 0x61 + digit - 10
      }
      return 16
    }
  }
}
