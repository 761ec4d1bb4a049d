import Bytes
import Glibc

/// Megabytes a second of the YAML and JSON readers: `Readers yaml|json FILE…`, best of five passes.
enum ReaderBenchmark {
  static func run(_ arguments: [String]) async {
    guard let kind = arguments.first, arguments.count > 1 else {
      print("usage: Readers yaml|json FILE…")
      exit(2)
    }
    var inputs: [[UInt8]] = []
    for path in arguments.dropFirst() {
      guard let file = fopen(path, "rb") else { continue }
      var bytes: [UInt8] = []
      var chunk = [UInt8](repeating: 0, count: 1 << 20)
      while true {
        let count = fread(&chunk, 1, chunk.count, file)
        if count == 0 { break }
        bytes.append(contentsOf: chunk[..<count])
      }
      fclose(file)
      inputs.append(bytes)
    }
    let total = inputs.reduce(0) { $0 + $1.count }
    var best = Duration.seconds(3600)
    var documents = 0
    for _ in 0..<5 {
      documents = 0
      let time = ContinuousClock().measure {
        for input in inputs {
          let stream = kind == "json" ? JSONReader.readStream(input.span) : YAMLReader.readStream(input)
          documents += stream.documents.count
        }
      }
      best = min(best, time)
    }
    let seconds = Double(best.components.seconds) + Double(best.components.attoseconds) / 1e18
    print("\(kind) \(documents) documents \(total) bytes \((Double(total) / 1e6 / seconds * 10).rounded() / 10) MB/s")
  }
}
