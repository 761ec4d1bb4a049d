/// XSalsa20-Poly1305, the authenticated encryption in which cosign keeps private keys (NaCl's `secretbox`).
///
/// No library that is linked has it: swift-crypto has ChaCha20-Poly1305, which is another cipher, and libsodium would be a
/// fifth system library for a single file format; see docs/decisions/0017. It opens files of a user's own, and runs over a
/// few hundred bytes; nothing here branches on, or indexes by, a secret.
///
/// Source: D. J. Bernstein, "Extending the Salsa20 nonce" (2011), "The Salsa20 family of stream ciphers" (2007); RFC 8439,
/// section 2.5, for Poly1305; NaCl, crypto_secretbox.
package enum SecretBox {
  package static let keyBytes = 32
  package static let nonceBytes = 24
  package static let tagBytes = 16

  /// - Returns: nil where the key or the nonce has a wrong length.
  package static func seal(_ message: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    guard let stream = Stream(key: key, nonce: nonce) else { return nil }
    let sealed = stream.applied(to: message)
    return stream.tag(of: sealed) + sealed
  }

  /// - Returns: nil where the box was not sealed with this key, or has been changed since.
  package static func open(_ box: [UInt8], key: [UInt8], nonce: [UInt8]) -> [UInt8]? {
    guard box.count >= tagBytes, let stream = Stream(key: key, nonce: nonce) else { return nil }
    let sealed = Array(box.dropFirst(tagBytes))
    var difference: UInt8 = 0
    for (given, own) in zip(box, stream.tag(of: sealed)) { difference |= given ^ own }
    return difference == 0 ? stream.applied(to: sealed) : nil
  }

  /// The key stream of one nonce. Its first 32 bytes are the key of the authenticator.
  private struct Stream {
    private let key: [UInt32]
    private let nonce: [UInt32]

    init?(key: [UInt8], nonce: [UInt8]) {
      guard key.count == SecretBox.keyBytes, nonce.count == SecretBox.nonceBytes else { return nil }
      let words = Self.words(nonce[...])
      let state = Self.rounds(Self.state(Self.words(key[...]), Array(words[0..<4])))
      // HSalsa20: the words that do not depend on the input alone.
      self.key = [0, 5, 10, 15, 6, 7, 8, 9].map { state[$0] }
      self.nonce = Array(words[4..<6])
    }

    private static func words(_ bytes: ArraySlice<UInt8>) -> [UInt32] {
      stride(from: bytes.startIndex, to: bytes.endIndex - 3, by: 4).map { UInt32(littleEndian: bytes, at: $0) }
    }

    /// `expand 32-byte k` on the diagonal, the key around four words of input.
    private static func state(_ key: [UInt32], _ input: [UInt32]) -> [UInt32] {
      [
        0x6170_7865, key[0], key[1], key[2], key[3], 0x3320_646E, input[0], input[1], input[2], input[3], 0x7962_2D32,
        key[4], key[5], key[6], key[7], 0x6B20_6574,
      ]
    }

    /// Twenty rounds of Salsa20, without the final addition.
    private static func rounds(_ start: [UInt32]) -> [UInt32] {
      var x = start
      func quarter(_ a: Int, _ b: Int, _ c: Int, _ d: Int) {
        func turn(_ word: UInt32, _ count: UInt32) -> UInt32 { word << count | word >> (32 - count) }
        x[b] ^= turn(x[a] &+ x[d], 7)
        x[c] ^= turn(x[b] &+ x[a], 9)
        x[d] ^= turn(x[c] &+ x[b], 13)
        x[a] ^= turn(x[d] &+ x[c], 18)
      }
      for _ in 0..<10 {
        quarter(0, 4, 8, 12)
        quarter(5, 9, 13, 1)
        quarter(10, 14, 2, 6)
        quarter(15, 3, 7, 11)
        quarter(0, 1, 2, 3)
        quarter(5, 6, 7, 4)
        quarter(10, 11, 8, 9)
        quarter(15, 12, 13, 14)
      }
      return x
    }

    private func block(_ counter: UInt64) -> [UInt8] {
      let input = nonce + [UInt32(truncatingIfNeeded: counter), UInt32(truncatingIfNeeded: counter >> 32)]
      let start = Self.state(key, input)
      var bytes: [UInt8] = []
      bytes.reserveCapacity(64)
      for (word, first) in zip(Self.rounds(start), start) {
        let sum = word &+ first
        for shift in [0, 8, 16, 24] as [UInt32] { bytes.append(UInt8(truncatingIfNeeded: sum >> shift)) }
      }
      return bytes
    }

    func applied(to bytes: [UInt8]) -> [UInt8] {
      var result = bytes
      var counter: UInt64 = 0
      var stream = block(0)
      for place in result.indices {
        let offset = (place + 32) % 64
        if offset == 0 {
          counter += 1
          stream = block(counter)
        }
        result[place] ^= stream[offset]
      }
      return result
    }

    func tag(of message: [UInt8]) -> [UInt8] { Poly1305.tag(message, key: Array(block(0).prefix(32))) }
  }
}

/// The one-time authenticator of RFC 8439, section 2.5, in limbs of 26 bits.
enum Poly1305 {
  /// - Parameter key: 32 bytes, for one message only.
  static func tag(_ message: [UInt8], key: [UInt8]) -> [UInt8] {
    func word(_ bytes: [UInt8], _ place: Int) -> UInt64 { UInt64(UInt32(littleEndian: bytes[...], at: place)) }
    func limbs(_ bytes: [UInt8]) -> [UInt64] {
      [
        word(bytes, 0) & 0x3FF_FFFF, word(bytes, 3) >> 2 & 0x3FF_FFFF, word(bytes, 6) >> 4 & 0x3FF_FFFF,
        word(bytes, 9) >> 6 & 0x3FF_FFFF, word(bytes, 12) >> 8,
      ]
    }
    let clamp: [UInt64] = [0x3FF_FFFF, 0x3FF_FF03, 0x3FF_C0FF, 0x3F0_3FFF, 0x00F_FFFF]
    let r = zip(limbs(key), clamp).map { $0 & $1 }
    let s = r.map { $0 * 5 }
    var h: [UInt64] = [0, 0, 0, 0, 0]
    var place = 0
    while place < message.count {
      let count = min(16, message.count - place)
      var block = Array(message[place..<place + count])
      if count < 16 { block += [1] + [UInt8](repeating: 0, count: 15 - count) }
      let m = limbs(block)
      for index in 0..<5 { h[index] += m[index] }
      if count == 16 { h[4] += 1 << 24 }
      // The product, with what overflows 2^130 folded back as five times itself.
      var d: [UInt64] = [0, 0, 0, 0, 0]
      for i in 0..<5 {
        for k in 0..<5 { d[(i + k) % 5] += h[i] * (i + k < 5 ? r[k] : s[k]) }
      }
      for index in 0..<4 {
        d[index + 1] += d[index] >> 26
        h[index] = d[index] & 0x3FF_FFFF
      }
      h[4] = d[4] & 0x3FF_FFFF
      h[0] += (d[4] >> 26) * 5
      h[1] += h[0] >> 26
      h[0] &= 0x3FF_FFFF
      place += count
    }
    var carry: UInt64 = 0
    for _ in 0..<2 {
      for index in 0..<5 {
        h[index] += carry
        carry = h[index] >> 26
        h[index] &= 0x3FF_FFFF
      }
      carry *= 5
    }
    h[0] += carry
    // h - p, chosen without a branch where it is not negative.
    var g: [UInt64] = [0, 0, 0, 0, 0]
    carry = 5
    for index in 0..<5 {
      g[index] = h[index] + carry
      carry = g[index] >> 26
      g[index] &= 0x3FF_FFFF
    }
    let mask = 0 &- carry
    for index in 0..<5 { h[index] = h[index] & ~mask | g[index] & mask }
    var words = [h[0] | h[1] << 26]
    words.append(h[1] >> 6 | h[2] << 20)
    words.append(h[2] >> 12 | h[3] << 14)
    words.append(h[3] >> 18 | h[4] << 8)
    var bytes: [UInt8] = []
    carry = 0
    for index in 0..<4 {
      carry += (words[index] & 0xFFFF_FFFF) + word(key, 16 + 4 * index)
      for shift in [0, 8, 16, 24] as [UInt64] { bytes.append(UInt8(truncatingIfNeeded: carry >> shift)) }
      carry >>= 32
    }
    return bytes
  }
}

extension UInt32 {
  /// The four bytes from a place on.
  fileprivate init(littleEndian bytes: ArraySlice<UInt8>, at place: Int) {
    var word: UInt32 = 0
    for index in (0..<4).reversed() { word = word << 8 | UInt32(bytes[place + index]) }
    self = word
  }
}
