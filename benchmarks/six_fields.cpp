// The practical limit: one thread of simdjson's on-demand parser reads six fields of each row of a file and does nothing
// with them but add up lengths and codes.
#include <simdjson.h>

#include <cstdio>
#include <cstring>
#include <string>

namespace od = simdjson::ondemand;

static const size_t READ = 1 << 20;

int main(int, char **arguments) {
  FILE *file = std::fopen(arguments[1], "rb");
  if (!file) return 1;
  std::string buffer(8 * READ + simdjson::SIMDJSON_PADDING, 0);
  od::parser parser;
  size_t have = 0, got;
  unsigned long long rows = 0, characters = 0;
  long long codes = 0;
  auto text = [&](od::value value) {
    std::string_view found;
    if (!value.get_string().get(found)) characters += found.size();
  };
  while ((got = std::fread(&buffer[have], 1, READ, file)) > 0) {
    const size_t size = have + got;
    size_t at = 0;
    while (const void *end = std::memchr(&buffer[at], '\n', size - at)) {
      const size_t length = static_cast<const char *>(end) - &buffer[at];
      od::document row = parser.iterate(&buffer[at], length, buffer.size() - at);
      od::object fields = row.get_object();
      for (od::field field : fields) {
        const od::raw_json_string key = field.key();
        if (key == "id" || key == "createdDateTime" || key == "userId" || key == "correlationId" || key == "appId") {
          text(field.value());
        } else if (key == "status") {
          int64_t code;
          if (!field.value()["errorCode"].get_int64().get(code)) codes += code;
        }
      }
      ++rows;
      at += length + 1;
    }
    have = size - at;
    if (have > 7 * READ) return 1;
    std::memmove(&buffer[0], &buffer[at], have);
  }
  std::printf("%llu %llu %lld\n", rows, characters, codes);
  return 0;
}
