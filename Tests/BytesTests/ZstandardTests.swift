import Bytes
import CZstd
import Testing

@Suite struct ZstandardTests {
  private static func compress(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count)) { buffer, count in
      count = ZSTD_compress(buffer.baseAddress, buffer.count, bytes, bytes.count, 3)
    }
  }

  /// A frame with a sum behind its data, as the command-line tool makes it.
  static func summed(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: ZSTD_compressBound(bytes.count) + 4) { buffer, count in
      let context = ZSTD_createCCtx()
      defer { ZSTD_freeCCtx(context) }
      ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1)
      count = ZSTD_compress2(context, buffer.baseAddress, buffer.count, bytes, bytes.count)
    }
  }

  @Test(arguments: [0, 1, 1000, 131_072, 131_073, 700_000]) func comesBack(_ count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 ^ $0 >> 7) }
    let packed = Self.compress(bytes)
    #expect(Zstandard.isZstandard(packed))
    #expect(try Zstandard.decompress(packed) == bytes)
    // Frames one after the other, with one between them that is to be skipped.
    let skipped: [UInt8] = [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 9, 9, 9]
    #expect(try Zstandard.decompress(packed + skipped + packed) == bytes + bytes)
  }

  @Test func brokenDataAreRefused() {
    let packed = Self.compress((0..<5000).map { UInt8(truncatingIfNeeded: $0 &* $0) })
    for cut in [4, 5, 20, packed.count / 2, packed.count - 1] {
      #expect(throws: DocumentError.self) { try Zstandard.decompress(Array(packed.prefix(cut))) }
    }
    #expect(throws: DocumentError.self) { try Zstandard.decompress([0x28, 0xB5, 0x2F, 0xFD, 0, 0]) }
    #expect(throws: DocumentError.self) { try Zstandard.decompress(packed + Array("rubbish".utf8)) }
  }

  @Test func bombsAreRefused() {
    let packed = Self.compress([UInt8](repeating: 0, count: 64 << 20))
    #expect(packed.count < 64 << 10)
    #expect(throws: DocumentError.self) { try Zstandard.decompress(packed) }
  }
}
