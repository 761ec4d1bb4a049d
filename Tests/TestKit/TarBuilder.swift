import Bytes

/// Makes archives, honest and hostile ones.
package enum TarBuilder {
  package static func archive(_ members: [(String, String)]) -> [UInt8] {
    members.flatMap { header(name: $0.0, size: $0.1.utf8.count, type: "0") + padded(Array($0.1.utf8)) }
      + [UInt8](repeating: 0, count: 1024)
  }

  package static func archive(bytes members: [(String, [UInt8])]) -> [UInt8] {
    members.flatMap { header(name: $0.0, size: $0.1.count, type: "0") + padded($0.1) }
      + [UInt8](repeating: 0, count: 1024)
  }

  package static func link(_ name: String, to target: String) -> [UInt8] {
    header(name: name, size: 0, type: "2", target: target)
  }

  package static func header(name: String, size: Int, type: Character, target: String = "", mode: Int = 0o644)
    -> [UInt8]
  {
    var block = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) {
      for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
    }
    put(String(name.prefix(100)), at: 0)
    let bits = String(mode, radix: 8)
    put(String(repeating: "0", count: 7 - bits.count) + bits, at: 100)
    let octal = String(size, radix: 8)
    put(String(repeating: "0", count: 11 - octal.count) + octal, at: 124)
    put(String(type), at: 156)
    put(target, at: 157)
    put("ustar", at: 257)
    put("00", at: 263)
    put("        ", at: 148)
    let sum = String(block.reduce(0) { $0 + Int($1) }, radix: 8)
    put(String(repeating: "0", count: 6 - sum.count) + sum + "\0 ", at: 148)
    return block
  }

  package static func compressed(_ bytes: [UInt8]) -> [UInt8] { (try? Gzip.compress(bytes)) ?? [] }

  private static func padded(_ bytes: [UInt8]) -> [UInt8] {
    bytes + [UInt8](repeating: 0, count: (512 - bytes.count % 512) % 512)
  }
}
