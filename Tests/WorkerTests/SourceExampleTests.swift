import ConnectorKit
import JSONQuery
import Synchronization
import Testing

@testable import Worker

/// Notes which keys a kind of source asks for, and has every one of them.
private final class RecordingKeys: SourceKeys {
  private let asked = Mutex<[String]>([])

  /// The keys asked for, in order, once each.
  var all: [String] { asked.withLock { $0 } }

  private func note(_ key: String) {
    asked.withLock { if !$0.contains(key) { $0.append(key) } }
  }

  var names: [String] { [] }
  func string(_ key: String) -> String? {
    note(key)
    return "text"
  }
  func requiredString(_ key: String) -> String? { string(key) }
  func strings(_ key: String) -> [String]? {
    note(key)
    return []
  }
  func bool(_ key: String) -> Bool? {
    note(key)
    return nil
  }
  func integer(_ key: String, in range: ClosedRange<Int>) -> Int? {
    note(key)
    return range.lowerBound
  }
  func seconds(_ key: String) -> Int64? {
    note(key)
    return 60
  }
  func choice<Word: RawRepresentable & CaseIterable>(_ key: String, _ type: Word.Type) -> Word?
  where Word.RawValue == String {
    note(key)
    return nil
  }
  func secret(_ key: String) -> SecretHandle? {
    note(key)
    return SecretHandle(reference: "env:SECRET")
  }
  func requiredSecret(_ key: String) -> SecretHandle? { secret(key) }
  func url(_ key: String) -> URLHandle? {
    note(key)
    return nil
  }
  func file(_ key: String) -> String? {
    note(key)
    return "/file"
  }
  func value(_ key: String) -> JSONValue? {
    note(key)
    return nil
  }
  func mapping(_ key: String) -> (any SourceKeys)? {
    note(key)
    return nil
  }
  func mappings(_ key: String) -> [any SourceKeys] {
    note(key)
    return []
  }
  func missing(_ key: String) {}
  func reject(_ key: String, _ message: String) {}
  func reject(_ message: String) {}
  func finish() {}
}

@Suite("Examples of sources") struct SourceExampleTests {
  @Test("the example of a kind shows every key it reads", arguments: SourceKinds.all.map(\.word))
  func keys(word: String) throws {
    let kind = try #require(SourceKinds.all.first { $0.word == word })
    let keys = RecordingKeys()
    _ = kind.configure(keys)
    let missing = keys.all.filter {
      !kind.example.contains("\($0):") && !kind.example.contains("\($0),")
    }
    #expect(missing == [], "\(kind.example)")
  }
}
