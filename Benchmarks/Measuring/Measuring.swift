import Bytes
import Glibc

/// Processor time of this process, in seconds.
package func processorTime() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

/// The processor time that something takes, in seconds; never nothing.
package func seconds(_ body: () -> Void) -> Double {
  let start = processorTime()
  body()
  return max(processorTime() - start, 1e-9)
}

/// A file, or all files below a folder, in the order of their names.
package func files(_ path: String) -> [String] {
  guard let stream = opendir(path) else { return [path] }
  defer { closedir(stream) }
  var found: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafePointer(to: &entry.pointee.d_name) {
      $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
    }
    if !name.hasPrefix(".") { found += files(path + "/" + name) }
  }
  return found.sorted()
}

/// The content of a file, decompressed where it is gzip; nil where it cannot be read.
package func read(_ path: String) -> [UInt8]? {
  guard let file = fopen(path, "rb") else { return nil }
  defer { fclose(file) }
  var bytes: [UInt8] = []
  var buffer = [UInt8](repeating: 0, count: 1 << 20)
  while true {
    let count = fread(&buffer, 1, buffer.count, file)
    guard count > 0 else { break }
    bytes += buffer[..<count]
  }
  return Gzip.isGzip(bytes) ? try? Gzip.decompress(bytes) : bytes
}

/// Memory of this process that is in use at this moment, in megabytes.
package func residentMegabytes() -> Int {
  guard let file = fopen("/proc/self/statm", "r") else { return 0 }
  defer { fclose(file) }
  var buffer = [CChar](repeating: 0, count: 128)
  guard fgets(&buffer, 128, file) != nil else { return 0 }
  let parts = String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self).split(
    separator: " ")
  return parts.count > 1 ? (Int(parts[1]) ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE))) / 1_000_000 : 0
}
