/// Shares equal strings, so that a key of ten thousand objects is allocated once.
///
/// A direct-mapped table: a collision merely replaces the entry. Strings of up to 15 bytes are stored inline by Swift
/// and skip the table.
struct StringCache {
  private var slots = [String](repeating: "", count: 2048)

  mutating func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
    if bytes.count <= 15 || bytes.count > 96 { return String(decoding: bytes, as: UTF8.self) }
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let slot = Int(truncatingIfNeeded: hash ^ (hash >> 32)) & 2047
    if slots[slot].utf8.count == bytes.count {
      let same =
        slots[slot].utf8.withContiguousStorageIfAvailable { stored in
          stored.elementsEqual(bytes)
        } ?? false
      if same { return slots[slot] }
    }
    let made = String(decoding: bytes, as: UTF8.self)
    slots[slot] = made
    return made
  }
}
