import Bytes
import TestKit
import Testing

/// Mutated input must never crash, hang or break a bound. The seeds are fixed, so a failure repeats.
@Suite struct FuzzTests {
  private static let seedDocument = Array(
    """
    apiVersion: v1
    kind: Pod
    metadata: {name: &n app, labels: {a: "b", c: 'd'}}
    spec:
      containers:
        - name: *n
          args: ["--x", |
            block
          ]
          env: [{name: A, value: >-
            folded}]
      <<: {x: 0644}
    ---
    {"a": [1, 2.5e3, null, true, "\\u00e9"]}
    """.utf8)

  @Test(arguments: 0..<8) func documents(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    for _ in 0..<400 {
      let stream = DocumentReader.read(random.mutated(Self.seedDocument))
      #expect(stream.documents.count <= 200 && stream.errors.count <= 200)
    }
  }

  @Test(arguments: 0..<4) func jsonStreams(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let text = Array("{\"a\":[1,2.5e3,null,true,\"\\u00e9\\ud83d\\ude00\"],\"b\":{\"c\":{}}}\n{\"d\":-0.1}\n".utf8)
    for _ in 0..<1000 { _ = JSONReader.readStream(random.mutated(text)) }
  }

  @Test(arguments: 0..<4) func archives(_ seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let archive = TarBuilder.archive([("a/b.yaml", "kind: Pod"), ("c.json", "{}")])
    for _ in 0..<300 {
      let mutated = random.mutated(archive)
      let reader = TarReader(mutated)
      for member in reader.members { #expect(member.bytes.upperBound <= mutated.count) }
      _ = try? Gzip.decompress(random.mutated(TarBuilder.compressed(archive)))
    }
  }

  @Test func globsAreNotExponential() {
    let glob = Glob(String(repeating: "*a", count: 40) + "b")
    #expect(!glob.matches(String(repeating: "a", count: 3000)))
    let deep = Glob(String(repeating: "**/a", count: 30) + "b")
    #expect(!deep.matches(String(repeating: "a/", count: 1000)))
  }
}
