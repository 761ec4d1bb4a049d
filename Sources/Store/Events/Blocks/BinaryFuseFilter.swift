import Bytes

/// A set of 64-bit hashes that answers *may be there* or *is not there*, in nine bits for each: one of 256 that are not
/// there is taken for being there.
///
/// Source: Graf and Lemire, "Binary Fuse Filters: Fast and Smaller Than Xor Filters" (ACM JEA 27, 2022), with three
/// places for each hash.
struct BinaryFuseFilter: Sendable {
  private let seed: UInt64
  private let segmentLength: Int
  private let segmentCount: Int
  private let fingerprints: [UInt8]

  /// - Parameter hashes: different ones, in any order.
  init(_ hashes: [UInt64]) {
    let size = hashes.count
    var length = 4
    if size > 1 {
      // The exponent that the authors found for three places.
      let exponent = Int((Self.logarithm(Double(size)) / Self.logarithm(3.33) + 2.25).rounded(.down))
      length = 1 << min(18, max(2, exponent))
    }
    let factor =
      size <= 1 ? 0 : max(1.125, 0.875 + 0.25 * Self.logarithm(1_000_000) / Self.logarithm(Double(size)))
    let capacity = size <= 1 ? 0 : Int((Double(size) * factor).rounded())
    var segments = (capacity + length - 1) / length - 2
    var arrayLength = (max(segments, 1) + 2) * length
    segments = (arrayLength + length - 1) / length
    segments = segments <= 2 ? 1 : segments - 2
    arrayLength = (segments + 2) * length
    segmentLength = length
    segmentCount = segments

    var trial: UInt64 = 0
    while true {
      let seed = Self.mix(trial &+ 0x9E37_79B9_7F4A_7C15)
      if let made = Self.build(hashes, seed, length, segments, arrayLength) {
        self.seed = seed
        fingerprints = made
        return
      }
      trial &+= 1
    }
  }

  /// One attempt with a seed, which fails for one in many.
  private static func build(
    _ hashes: [UInt64], _ seed: UInt64, _ length: Int, _ segments: Int, _ arrayLength: Int
  ) -> [UInt8]? {
    var counts = [UInt8](repeating: 0, count: arrayLength)
    var sums = [UInt64](repeating: 0, count: arrayLength)
    for raw in hashes {
      let hash = mix(raw &+ seed)
      let (a, b, c) = places(hash, length, segments)
      for place in [a, b, c] {
        // More than 255 hashes in one place never happen with a good seed.
        guard counts[place] < .max else { return nil }
        counts[place] += 1
        sums[place] ^= hash
      }
    }
    var queue: [Int] = []
    queue.reserveCapacity(arrayLength)
    for place in 0..<arrayLength where counts[place] == 1 { queue.append(place) }
    var order: [(hash: UInt64, place: Int)] = []
    order.reserveCapacity(hashes.count)
    while let place = queue.popLast() {
      guard counts[place] == 1 else { continue }
      let hash = sums[place]
      order.append((hash, place))
      let (a, b, c) = places(hash, length, segments)
      for other in [a, b, c] {
        counts[other] -= 1
        sums[other] ^= hash
        if counts[other] == 1 { queue.append(other) }
      }
    }
    guard order.count == hashes.count else { return nil }
    var fingerprints = [UInt8](repeating: 0, count: arrayLength)
    for (hash, place) in order.reversed() {
      let (a, b, c) = places(hash, length, segments)
      // The place itself is still zero.
      fingerprints[place] = fingerprint(hash) ^ fingerprints[a] ^ fingerprints[b] ^ fingerprints[c]
    }
    return fingerprints
  }

  func contains(_ raw: UInt64) -> Bool {
    let hash = Self.mix(raw &+ seed)
    let (a, b, c) = Self.places(hash, segmentLength, segmentCount)
    return Self.fingerprint(hash) == fingerprints[a] ^ fingerprints[b] ^ fingerprints[c]
  }

  @inline(__always)
  private static func fingerprint(_ hash: UInt64) -> UInt8 { UInt8(truncatingIfNeeded: hash ^ (hash >> 32)) }

  /// Three places in segments that follow each other.
  @inline(__always)
  private static func places(_ hash: UInt64, _ length: Int, _ segments: Int) -> (Int, Int, Int) {
    let first = Int(hash.multipliedFullWidth(by: UInt64(segments * length)).high)
    let mask = length - 1
    let second = (first + length) ^ (Int(truncatingIfNeeded: hash >> 18) & mask)
    let third = (first + 2 * length) ^ (Int(truncatingIfNeeded: hash) & mask)
    return (first, second, third)
  }

  /// The finalizer of MurmurHash3, by Austin Appleby (public domain).
  @inline(__always)
  static func mix(_ number: UInt64) -> UInt64 {
    var hash = number
    hash ^= hash >> 33
    hash &*= 0xFF51_AFD7_ED55_8CCD
    hash ^= hash >> 33
    hash &*= 0xC4CE_B9FE_1A85_EC53
    return hash ^ (hash >> 33)
  }

  /// The natural logarithm, as exactly as the choice of a power of two needs it: layers this low have no C library.
  private static func logarithm(_ number: Double) -> Double {
    guard number > 0 else { return 0 }
    // ln(m · 2^e) with the series of the inverse hyperbolic tangent.
    let z = (number.significand - 1) / (number.significand + 1)
    var sum = 0.0
    var power = z
    for odd in stride(from: 1, through: 31, by: 2) {
      sum += power / Double(odd)
      power *= z * z
    }
    return 2 * sum + Double(number.exponent) * 0.693_147_180_559_945_3
  }

  // MARK: Bytes

  var bytes: [UInt8] {
    var writer = ByteWriter()
    writer.fixed(seed)
    writer.variable(segmentLength)
    writer.variable(segmentCount)
    return writer.bytes + fingerprints
  }

  /// - Returns: nil for anything that `bytes` did not make.
  init?(_ bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let seed = reader.integer(.little, as: UInt64.self), let length = reader.count(atMost: 1 << 18),
      length >= 4, length & (length - 1) == 0, let segments = reader.count(atMost: 1 << 30), segments > 0,
      segments <= Int.max / length - 2, reader.remaining == (segments + 2) * length,
      let rest = reader.take(reader.remaining)
    else { return nil }
    self.seed = seed
    segmentLength = length
    segmentCount = segments
    fingerprints = Array(rest)
  }
}
