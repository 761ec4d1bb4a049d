/// Numbers of bytes for people: `1.4 GB`, in powers of 1,000.
enum ByteCount {
  static func text(_ bytes: Int) -> String {
    for (unit, factor) in [("TB", 1_000_000_000_000), ("GB", 1_000_000_000), ("MB", 1_000_000), ("kB", 1_000)]
    where bytes >= factor {
      let tenths = bytes / (factor / 10)
      return "\(tenths / 10).\(tenths % 10) \(unit)"
    }
    return "\(bytes) B"
  }
}
