// swift-tools-version: 6.1
import PackageDescription

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

/// Our own C and C++: a stack that was written over and a copy beyond its target end the program.
let hardened = ["-fstack-protector-strong", "-fstack-clash-protection"]

/// The programs: a table of calls that is read-only from the start, and in releases no way to libraries of a toolchain.
let hardenedLinks: [LinkerSetting] = [
  .unsafeFlags(
    ["-Xlinker", "-z", "-Xlinker", "relro", "-Xlinker", "-z", "-Xlinker", "now"],
    .when(platforms: [.linux])),
  .unsafeFlags(
    ["-no-toolchain-stdlib-rpath"], .when(platforms: [.linux], configuration: .release)),
]

/// The vendors that are read; each is a folder and a target that knows the kit and none of its neighbours.
let vendors = [
  "AWS", "Auth0", "CSV", "Duo", "Endpoint", "Entra", "GitHub", "Google", "Heroku", "JumpCloud",
  "Keycloak", "Local", "Okta", "OneLogin", "PingOne", "PrivacyIDEA", "SCIM",
]

/// What some vendors need beside the kit.
let extras: [String: [Target.Dependency]] = [
  "Auth0": [.product(name: "Crypto", package: "swift-crypto")],
  "Duo": [.product(name: "Crypto", package: "swift-crypto")],
  "Entra": [
    .product(name: "Crypto", package: "swift-crypto"),
    .product(name: "JWTKit", package: "jwt-kit"),
  ],
  "GitHub": [.product(name: "JWTKit", package: "jwt-kit")],
  "Google": [.product(name: "JWTKit", package: "jwt-kit")],
  "Okta": [.product(name: "JWTKit", package: "jwt-kit")],
]

let connectors: [Target] = vendors.map { vendor in
  .target(
    name: vendor,
    dependencies: [
      "ConnectorKit", "IdentityCore", "CurlTransport", "JSONQuery",
      .product(name: "Logging", package: "swift-log"),
    ] + extras[vendor, default: []],
    path: "Sources/Connectors/\(vendor)", swiftSettings: strict)
}

let package = Package(
  name: "idsync",
  platforms: [.macOS(.v15)],
  products: [
    .executable(name: "idsync", targets: ["idsync"]),
    .executable(name: "mock-idp", targets: ["mock-idp"]),
    .library(name: "Worker", targets: ["Worker"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.1"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    // The C border: libcurl, simdjson and the allocator.
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CMalloc"),
    .target(
      name: "CProcess",
      cSettings: [
        .unsafeFlags(hardened),
        .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
      ]),
    .target(
      name: "CSimdjson",
      cxxSettings: [
        .unsafeFlags(hardened),
        .define("_FORTIFY_SOURCE", to: "2", .when(configuration: .release)),
      ],
      linkerSettings: [.linkedLibrary("simdjson")]),

    // One direction: transport and core know nothing of each other; adapters know the core; Worker wires.
    .target(
      name: "CurlTransport",
      dependencies: [
        "CCurl", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(name: "IdentityCore", swiftSettings: strict),
    .target(name: "JSONQuery", swiftSettings: strict),
    .target(
      name: "ConnectorKit",
      dependencies: [
        "IdentityCore", "CurlTransport", "CSimdjson", "JSONQuery",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "Storage",
      dependencies: [
        "IdentityCore", .product(name: "GRDB", package: "GRDB.swift"),
        .product(name: "GRDBSQLite", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .target(
      name: "Reports",
      dependencies: [
        "IdentityCore", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Mustache", package: "swift-mustache"),
      ],
      resources: [.embedInCode("Resources")],
      swiftSettings: strict),
    .target(
      name: "Alerts",
      dependencies: [
        "IdentityCore", "CurlTransport", .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .target(
      name: "Worker",
      dependencies: [
        "IdentityCore", "CurlTransport", "JSONQuery", "ConnectorKit", "Storage", "Reports",
        "Alerts", "CProcess",
        .product(name: "Logging", package: "swift-log"), .product(name: "Yams", package: "Yams"),
      ] + vendors.map { .init(stringLiteral: $0) },
      swiftSettings: strict),
    .executableTarget(
      name: "idsync",
      dependencies: [
        "Worker", "IdentityCore", "Reports", "CMalloc", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict, linkerSettings: hardenedLinks),

    // The mock organisation: vendors' APIs from a scenario file, with faults.
    .target(
      name: "MockIdP",
      dependencies: [
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "Yams", package: "Yams"),
      ],
      path: "mocks/MockIdP", swiftSettings: strict),
    .executableTarget(
      name: "mock-idp",
      dependencies: [
        "MockIdP", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      path: "mocks/mock-idp", swiftSettings: strict),

    // What the tests share: programs beside them, a mail server, a bound on servers.
    .target(
      name: "TestSupport", path: "Tests/Support",
      exclude: ["echo_server.py", "https_server.py", "moto_server.py", "smtp_sink.py"],
      swiftSettings: strict),

    .testTarget(
      name: "CurlTransportTests",
      dependencies: [
        "CurlTransport", "TestSupport", .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "IdentityCoreTests", dependencies: ["IdentityCore", "TestSupport"],
      swiftSettings: strict),
    .testTarget(
      name: "ConnectorsTests",
      dependencies: [
        "ConnectorKit", "IdentityCore", "CurlTransport", "JSONQuery", "MockIdP", "Reports",
        "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "CryptoExtras", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ] + vendors.map { .init(stringLiteral: $0) },
      swiftSettings: strict),
    .testTarget(
      name: "StorageTests",
      dependencies: [
        "Storage", "IdentityCore", "TestSupport", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "ReportsTests",
      dependencies: [
        "Reports", "IdentityCore", "TestSupport", .product(name: "Crypto", package: "swift-crypto"),
      ],
      exclude: ["Golden"],
      swiftSettings: strict),
    .testTarget(
      name: "AlertsTests",
      dependencies: [
        "Alerts", "IdentityCore", "CurlTransport", "TestSupport",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "WorkerTests",
      dependencies: [
        "Worker", "ConnectorKit", "JSONQuery", "CurlTransport", "IdentityCore", "MockIdP",
        "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "LawTests",
      dependencies: [
        "Worker", "IdentityCore", "MockIdP", "TestSupport",
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "MockIdPTests",
      dependencies: [
        "MockIdP", "TestSupport", .product(name: "JWTKit", package: "jwt-kit"),
      ],
      swiftSettings: strict),
    .testTarget(
      name: "EndToEndTests",
      dependencies: [
        "idsync", "mock-idp", "MockIdP", "TestSupport",
        .product(name: "FlyingFox", package: "FlyingFox"),
        .product(name: "FlyingSocks", package: "FlyingFox"),
      ],
      swiftSettings: strict),
  ] + connectors,
  cxxLanguageStandard: .cxx17
)
