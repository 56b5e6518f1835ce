import Foundation
import IdentityCore
import Testing

@Suite("Dates as people write them")
struct WrittenDateTests {
  @Test(
    "every form of RFC 3339 is the moment it says",
    arguments: [
      "2026-06-30T12:00:00Z", "2026-06-30t12:00:00z", "2026-06-30 12:00:00Z",
      "2026-06-30T12:00:00.000Z", "2026-06-30T14:00:00+02:00", "2026-06-30T12:00:00-00:00",
      "2026-06-30 06:30:00.0000000-05:30", "2026-07-01t01:45:00+13:45", "2026-06-30T11:59:60Z",
    ])
  func forms(text: String) throws {
    let date = try #require(WrittenDate(text))
    #expect(date.start.text == "2026-06-30T12:00:00Z" && date.end == date.start && !date.isDay)
  }

  @Test("a fraction is kept to the millisecond")
  func fractions() {
    #expect(
      WrittenDate("1970-01-01T00:00:00.1Z")?.start.milliseconds == 100)
    #expect(WrittenDate("1970-01-01T00:00:01.2345678Z")?.start.milliseconds == 1234)
  }

  @Test("a day lasts to its end, in UTC, in every year")
  func days() throws {
    for text in ["2026-06-30", "2024-02-29", "2000-02-29", "1969-12-31", "2099-12-31"] {
      let date = try #require(WrittenDate(text))
      #expect(date.isDay && date.start.text == text + "T00:00:00Z")
      #expect(date.end.text == text + "T23:59:59Z" && date.end.milliseconds % 1000 != 0)
    }
    var generator = SeededGenerator(seed: 3)
    for _ in 0..<2000 {
      let moment = Timestamp(
        milliseconds: Int64.random(in: -2_208_988_800...4_102_444_800, using: &generator) * 1000)
      #expect(WrittenDate(moment.text)?.start == moment)
    }
  }

  @Test(
    "what is no date is none",
    arguments: [
      "", "2026", "2026-06", "2026-02-31", "2100-02-29", "2026-13-01", "2026-06-30T", "yesterday",
      "2026-06-30T12:00Z", "2026-06-30T24:00:00Z", "2026-06-30T12:60:00Z", "2026-06-30T12:00:00",
      "2026-06-30T12:00:00.Z", "2026-06-30T12:00:00+2", "2026-06-30T12:00:00Zx", "2026-6-30",
      " 2026-06-30", "2026-06-30 ", "٢٠٢٦-٠٦-٣٠", "+026-06-30",
    ])
  func none(text: String) {
    #expect(WrittenDate(text) == nil)
  }
}
