// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nobody who builds Bartizan builds what measures it. `Sources` and `Tests` are links to
// those of Bartizan: within one package the benchmarks see what modules show to each other.

let house: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency], _ settings: [SwiftSetting] = []) -> Target {
  .target(name: name, dependencies: dependencies, path: "Sources/\(name)", swiftSettings: house + settings)
}

func library(_ name: String, _ package: String, _ providers: [String]) -> Target {
  .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: package, providers: [.apt(providers)])
}

func benchmark(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .executableTarget(name: name, dependencies: dependencies, path: name, swiftSettings: house)
}

let package = Package(
  name: "bartizan-benchmarks",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.0"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    library("CYAML", "yaml-0.1", ["libyaml-dev"]),
    library("CZstd", "libzstd", ["libzstd-dev"]),
    library("CZlib", "zlib", ["zlib1g-dev"]),
    library("CIsal", "libisal", ["libisal-dev"]),
    module("Bytes", ["CYAML", "CZlib", "CZstd", "CIsal"], [.define("ISAL")]),
    module("Findings", []),
    module("Kube", ["Bytes", "Findings"]),
    module("Events", ["Bytes", "Findings"]),
    .target(name: "DetectionRules", path: "Sources/DetectionRules", exclude: ["rules"]),
    module("Detect", ["Bytes", "Findings", "Events", "DetectionRules"]),
    module("Expressions", ["Bytes"]),
    module("Access", ["Bytes", "Findings", "Kube", "Events"]),
    module("PodSecurity", ["Bytes", "Findings", "Kube"]),
    module("Validation", ["Bytes", "Findings", "Kube", "Expressions"]),
    module("Admission", ["Bytes", "Findings", "Kube", "Expressions", "Access", "PodSecurity", "Validation"]),
    module("Reach", ["Bytes", "Findings", "Kube"]),
    module("Images", ["Bytes", "Findings", "Kube", .product(name: "Crypto", package: "swift-crypto")]),
    module(
      "Trust",
      [
        "Bytes", "Findings", "Kube", "Expressions", .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"), .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
      ]),
    module("Depth", ["Bytes", "Findings", "Kube", "Access", "Reach", "PodSecurity"]),
    module(
      "Posture",
      ["Validation", "Bytes", "Findings", "Kube", "Access", "Reach", "Images", "PodSecurity", "Depth"]),
    module(
      "Store",
      [
        "Bytes", "Findings", "Events", "Images", "Detect", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "Crypto", package: "swift-crypto"),
      ]),
    .target(
      name: "FakeCluster",
      dependencies: [
        "Bytes",
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "Crypto", package: "swift-crypto"),
      ], path: "Tests/FakeCluster", swiftSettings: house),
    .target(name: "Measuring", dependencies: ["Bytes"], path: "Measuring", swiftSettings: house),
    benchmark("Readers", ["Bytes"]),
    benchmark("EventParsing", ["Bytes", "Events", "Measuring"]),
    benchmark("EventStoring", ["Bytes", "Findings", "Events", "Store", "Measuring"]),
    benchmark("RuleMatching", ["Bytes", "Events", "Detect", "Measuring"]),
    benchmark("PolicyEvaluation", ["Bytes", "Kube", "Expressions", "Access", "Admission", "Measuring"]),
    benchmark("NodeReview", ["Bytes", "Kube", "Posture", "Measuring"]),
    benchmark("Reachability", ["Bytes", "Kube", "Reach"]),
    benchmark("Signatures", ["Bytes", "Trust", "Measuring"]),
    benchmark("Ledger", ["Bytes", "Images", "Store"]),
    benchmark("FakeClusterServer", ["Bytes", "FakeCluster"]),
  ],
  cLanguageStandard: .gnu2x
)
