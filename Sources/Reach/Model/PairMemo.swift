/// Remembered results of an operation on two small numbers: open addressing over flat arrays, since this is asked once
/// for every pair of pods.
struct PairMemo {
  private var keys = [UInt64](repeating: .max, count: 1 << 12)
  private var values = [Int32](repeating: 0, count: 1 << 12)
  private var count = 0

  private func slot(_ key: UInt64) -> Int {
    let mask = keys.count - 1
    var slot = Int(truncatingIfNeeded: (key &* 0x9e37_79b9_7f4a_7c15) >> 20) & mask
    while keys[slot] != key, keys[slot] != .max { slot = (slot + 1) & mask }
    return slot
  }

  subscript(key: UInt64) -> Int32? {
    get {
      let slot = slot(key)
      return keys[slot] == key ? values[slot] : nil
    }
    set {
      guard let newValue else { return }
      if count * 2 >= keys.count { grow() }
      let slot = slot(key)
      if keys[slot] == .max { count += 1 }
      keys[slot] = key
      values[slot] = newValue
    }
  }

  private mutating func grow() {
    let old = zip(keys, values).filter { $0.0 != .max }
    keys = [UInt64](repeating: .max, count: keys.count * 4)
    values = [Int32](repeating: 0, count: keys.count)
    for (key, value) in old {
      let slot = slot(key)
      keys[slot] = key
      values[slot] = value
    }
  }
}
