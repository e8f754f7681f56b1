// The part of the grammar that needs to look around: where lines end statements, where a forgotten `}` was meant,
// documentation, and the parts of texts and paths. Everything else is generated.
//
// Its memory is the stack of open brackets, so that it knows whether a line end ends something:
//   - between ( ) and [ ], and behind `,` `->` `=` `and` `or`, it does not;
//   - an item head in column 0 always begins a new item, whatever is open: all open blocks are closed first;
//   - the same holds for a member head that stands no further to the right than the block that is still open.

#include "tree_sitter/alloc.h"
#include "tree_sitter/parser.h"
#include "words.h"

#include <stddef.h>
#include <string.h>

// In the order of `externals` in grammar.json.
enum Token {
  LINE_END,       // ends a statement
  LINE_BREAK,     // does not
  GOES_ON,        // never produced: it is valid where a line break ends nothing
  BLOCK_OPEN,
  TYPE_OPEN,
  CLOSE,
  MISSING_CLOSE,  // of no width
  PAREN_OPEN,
  PAREN_CLOSE,
  BRACKET_OPEN,
  BRACKET_CLOSE,
  TEXT,           // what stands between quotes and escapes
  PATH_TEXT,
  PATH_PARAMETER,
  DOC_MARK,
  FILE_DOC_MARK,
  DOC_LINE,       // with its line end; another line follows
  DOC_MARK_AGAIN,
  DOC_LAST_LINE,
  ERROR_SENTINEL, // never produced: it is valid only while the parser recovers
};

enum { DEEPEST = 250, LONGEST_WORD = 31 };

typedef struct {
  char sign;
  uint8_t indent; // of the line on which the block's head stands, at most 255
} Open;

// What comes next in documentation, for `///` and for `//!`.
enum { NO_DOCS = 0, DOC_TEXT = 1, DOC_NEXT = 2, FILE_DOC = 4 };

typedef struct {
  uint8_t docs;
  uint8_t indent;  // of the line at hand
  uint8_t missing; // how many `}` are missing before the next token
  uint8_t ended;   // whether a line end of no width comes next
  uint8_t at_end;  // whether the end of the text has ended its last line
  uint8_t depth;
  Open open[DEEPEST];
} Scanner;

void *tree_sitter_archwright_external_scanner_create(void) { return ts_calloc(1, sizeof(Scanner)); }

void tree_sitter_archwright_external_scanner_destroy(void *payload) { ts_free(payload); }

unsigned tree_sitter_archwright_external_scanner_serialize(void *payload, char *buffer) {
  unsigned length = offsetof(Scanner, open) + ((Scanner *)payload)->depth * sizeof(Open);
  memcpy(buffer, payload, length);
  return length;
}

void tree_sitter_archwright_external_scanner_deserialize(void *payload, const char *buffer, unsigned length) {
  memset(payload, 0, offsetof(Scanner, open));
  if (length > 0) memcpy(payload, buffer, length);
}

static bool is_blank(int32_t c) { return c == ' ' || c == '\t' || c == '\v' || c == '\f' || c == 0xFEFF; }

static bool is_line_end(int32_t c) { return c == '\n' || c == '\r'; }

static bool is_letter(int32_t c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_'; }

static bool is_name(int32_t c) { return is_letter(c) || (c >= '0' && c <= '9'); }

static void advance(TSLexer *lexer) { lexer->advance(lexer, false); }

static bool found(TSLexer *lexer, enum Token token) {
  lexer->result_symbol = token;
  return true;
}

// ---- brackets ---------------------------------------------------------------------------------------

static char innermost(const Scanner *scanner) {
  return scanner->depth > 0 ? scanner->open[scanner->depth - 1].sign : 0;
}

static bool in_parens(const Scanner *scanner) { return innermost(scanner) == '(' || innermost(scanner) == '['; }

static void open(Scanner *scanner, char sign) {
  if (scanner->depth == DEEPEST) return;
  scanner->open[scanner->depth].sign = sign;
  scanner->open[scanner->depth].indent = scanner->indent;
  scanner->depth++;
}

// Parentheses that were never closed end with what they stand in.
static void forget_parens(Scanner *scanner) {
  while (in_parens(scanner)) scanner->depth--;
}

static void close_block(Scanner *scanner) {
  forget_parens(scanner);
  if (scanner->depth > 0) scanner->depth--;
}

static void close_paren(Scanner *scanner, char sign) {
  for (unsigned at = scanner->depth; at > 0 && scanner->open[at - 1].sign != '{'; at--) {
    if (scanner->open[at - 1].sign == sign) {
      scanner->depth = at - 1;
      return;
    }
  }
}

static unsigned blocks(const Scanner *scanner) {
  unsigned count = 0;
  for (unsigned at = 0; at < scanner->depth; at++) count += scanner->open[at].sign == '{';
  return count;
}

// ---- line ends --------------------------------------------------------------------------------------

// What a line begins with; a word may be both.
enum { NO_HEAD = 0, ITEM = 1, MEMBER = 2 };

static bool listed(const char *const *words, const char *word) {
  for (; *words; words++) {
    if (strcmp(*words, word) == 0) return true;
  }
  return false;
}

static void read_word(TSLexer *lexer, char *word) {
  unsigned length = 0;
  while (is_name(lexer->lookahead)) {
    if (length < LONGEST_WORD) word[length++] = (char)lexer->lookahead;
    advance(lexer);
  }
  word[length] = 0;
}

// Reads the word of a head and the name behind it.
static int read_head(TSLexer *lexer) {
  char word[LONGEST_WORD + 1], name[LONGEST_WORD + 1];
  read_word(lexer, word);
  int head = (listed(ITEM_WORDS, word) ? ITEM : 0) | (listed(MEMBER_WORDS, word) ? MEMBER : 0);
  if (!head || !is_blank(lexer->lookahead)) return NO_HEAD;
  while (is_blank(lexer->lookahead)) advance(lexer);
  // Letters of other alphabets begin a name too, if a wrong one.
  if (!is_letter(lexer->lookahead) && lexer->lookahead < 0x80) return NO_HEAD;
  read_word(lexer, name);
  // In an expression, such words are fields.
  if (listed(OPERATORS, name)) head &= ~MEMBER;
  if (!listed(COLON_WORDS, word)) return head;
  while (is_name(lexer->lookahead) || lexer->lookahead == '-' || lexer->lookahead >= 0x80) advance(lexer);
  while (is_blank(lexer->lookahead)) advance(lexer);
  return lexer->lookahead == ':' ? head : NO_HEAD;
}

// How many blocks lack their `}` before a `}` that stands under the head of an outer block.
static unsigned missing_before_close(const Scanner *scanner, unsigned indent) {
  unsigned missing = 0;
  for (unsigned at = scanner->depth; at > 0; at--) {
    if (scanner->open[at - 1].sign != '{') continue;
    if (scanner->open[at - 1].indent == indent) return missing;
    if (scanner->open[at - 1].indent < indent) return 0;
    missing++;
  }
  return 0;
}

// Indentation of the innermost block's head.
static unsigned head_indent(const Scanner *scanner) {
  for (unsigned at = scanner->depth; at > 0; at--) {
    if (scanner->open[at - 1].sign == '{') return scanner->open[at - 1].indent;
  }
  return 0;
}

// Goes over line ends and blanks; gives the indentation of the line behind them.
static unsigned skip_lines(TSLexer *lexer) {
  unsigned indent = 0;
  while (is_line_end(lexer->lookahead) || is_blank(lexer->lookahead)) {
    indent = is_line_end(lexer->lookahead) ? 0 : indent < 255 ? indent + 1 : 255;
    advance(lexer);
  }
  return indent;
}

// Goes over documentation, and comments behind it, to the head that it belongs to.
static unsigned skip_docs(TSLexer *lexer, unsigned indent) {
  for (bool first = true; lexer->lookahead == '/'; first = false) {
    unsigned slashes = 0;
    for (; lexer->lookahead == '/'; slashes++) advance(lexer);
    if (slashes < 2 || (first && slashes != 3)) break;
    while (!is_line_end(lexer->lookahead) && !lexer->eof(lexer)) advance(lexer);
    indent = skip_lines(lexer);
  }
  return indent;
}

// One or more line ends with the blanks around them.
static bool line_end(Scanner *scanner, TSLexer *lexer, bool goes_on) {
  unsigned indent = skip_lines(lexer);
  lexer->mark_end(lexer);
  indent = skip_docs(lexer, indent);
  bool close = lexer->lookahead == '}', end = lexer->eof(lexer);
  int head = is_letter(lexer->lookahead) ? read_head(lexer) : NO_HEAD;
  unsigned open_blocks = blocks(scanner);
  bool item = (head & ITEM) && indent == 0;
  bool member = (head & MEMBER) && open_blocks > 0;
  if ((goes_on || in_parens(scanner)) && !close && !end && !item && !member) return found(lexer, LINE_BREAK);
  forget_parens(scanner);
  scanner->indent = (uint8_t)indent;
  unsigned missing = 0;
  if (item) {
    missing = open_blocks;
  } else if (member && open_blocks > 1 && indent <= head_indent(scanner)) {
    missing = open_blocks - 1;
  } else if (close) {
    missing = missing_before_close(scanner, indent);
  }
  scanner->missing = (uint8_t)missing;
  return found(lexer, LINE_END);
}

// ---- documentation, texts, paths --------------------------------------------------------------------

// `///` but not `////`, or `//!`, with one blank behind it; the first `/` is the next character.
static bool doc_mark(TSLexer *lexer, bool *of_file) {
  for (int slashes = 0; slashes < 2; slashes++) {
    if (lexer->lookahead != '/') return false;
    advance(lexer);
  }
  *of_file = lexer->lookahead == '!';
  if (lexer->lookahead != '/' && !*of_file) return false;
  advance(lexer);
  if (!*of_file && lexer->lookahead == '/') return false;
  if (lexer->lookahead == ' ') advance(lexer);
  return true;
}

// Lines of documentation that follow each other are one tree without their marks, so that they are one text.
static bool documentation(Scanner *scanner, TSLexer *lexer) {
  uint8_t of_file = scanner->docs & FILE_DOC;
  bool same;
  switch (scanner->docs & ~FILE_DOC) {
    case DOC_TEXT:
      while (!is_line_end(lexer->lookahead) && !lexer->eof(lexer)) advance(lexer);
      if (lexer->lookahead == '\r') advance(lexer);
      if (lexer->lookahead == '\n') advance(lexer);
      lexer->mark_end(lexer);
      scanner->indent = 0;
      for (; is_blank(lexer->lookahead); advance(lexer)) scanner->indent += scanner->indent < 255;
      if (doc_mark(lexer, &same) && same == (of_file != 0)) {
        scanner->docs = DOC_NEXT | of_file;
        return found(lexer, DOC_LINE);
      }
      scanner->docs = NO_DOCS;
      // A line of documentation may, wrongly, stand behind something that it ends.
      scanner->ended = 1;
      return found(lexer, DOC_LAST_LINE);
    default:
      while (is_blank(lexer->lookahead)) advance(lexer);
      doc_mark(lexer, &same);
      lexer->mark_end(lexer);
      scanner->docs = DOC_TEXT | of_file;
      return found(lexer, DOC_MARK_AGAIN);
  }
}

// A text up to its end or to the next escape.
static bool text(TSLexer *lexer) {
  bool any = false;
  while (lexer->lookahead != '"' && lexer->lookahead != '\\' && !is_line_end(lexer->lookahead) && !lexer->eof(lexer)) {
    advance(lexer);
    any = true;
  }
  lexer->mark_end(lexer);
  return any && found(lexer, TEXT);
}

static bool path_text(TSLexer *lexer) {
  bool any = false;
  for (;;) {
    int32_t c = lexer->lookahead;
    if (!is_name(c) && c != '.' && c != '~' && c != '-') break;
    advance(lexer);
    // `->` ends a path.
    if (c == '-' && lexer->lookahead == '>') break;
    lexer->mark_end(lexer);
    any = true;
  }
  return any && found(lexer, PATH_TEXT);
}

// ---- the next token ---------------------------------------------------------------------------------

bool tree_sitter_archwright_external_scanner_scan(void *payload, TSLexer *lexer, const bool *valid) {
  Scanner *scanner = payload;
  bool recovers = valid[ERROR_SENTINEL];
  if (scanner->docs != NO_DOCS) return documentation(scanner, lexer);
  if (valid[TEXT] && !recovers) {
    if (text(lexer)) return true;
    if (!is_line_end(lexer->lookahead) && !lexer->eof(lexer)) return false;
  }
  if (valid[PATH_TEXT] && !recovers) {
    if (path_text(lexer)) return true;
    // The `-` of an arrow may have been read.
    if (lexer->lookahead == '>') return false;
  }

  if (scanner->missing > 0) {
    scanner->missing--;
    if (blocks(scanner) > 0 && (valid[MISSING_CLOSE] || recovers)) {
      lexer->mark_end(lexer);
      close_block(scanner);
      scanner->ended = scanner->missing == 0;
      return found(lexer, MISSING_CLOSE);
    }
    for (scanner->missing++; scanner->missing > 0; scanner->missing--) close_block(scanner);
  }
  // The line end before a missing `}` ended what stands inside; another one ends the block. Documentation has its own.
  if (scanner->ended) {
    scanner->ended = 0;
    if (valid[LINE_END] || recovers) {
      lexer->mark_end(lexer);
      return found(lexer, LINE_END);
    }
  }

  bool parameter = valid[PATH_PARAMETER] && !recovers;
  while (is_blank(lexer->lookahead)) {
    lexer->advance(lexer, true);
    parameter = false;
  }
  if (is_line_end(lexer->lookahead)) return line_end(scanner, lexer, valid[GOES_ON] && !recovers);
  if (lexer->eof(lexer)) {
    lexer->mark_end(lexer);
    if (!scanner->at_end) {
      scanner->at_end = 1;
      return found(lexer, LINE_END);
    }
    if (blocks(scanner) == 0 || !(valid[MISSING_CLOSE] || recovers)) return false;
    close_block(scanner);
    return found(lexer, MISSING_CLOSE);
  }
  int32_t sign = lexer->lookahead;
  switch (sign) {
    case '{': {
      advance(lexer);
      lexer->mark_end(lexer);
      if (parameter && is_letter(lexer->lookahead)) {
        while (is_name(lexer->lookahead)) advance(lexer);
        if (lexer->lookahead == '}') {
          advance(lexer);
          lexer->mark_end(lexer);
          return found(lexer, PATH_PARAMETER);
        }
      }
      bool type = recovers ? in_parens(scanner) : valid[TYPE_OPEN];
      if (!recovers && !valid[BLOCK_OPEN] && !valid[TYPE_OPEN]) return false;
      if (!type) forget_parens(scanner);
      open(scanner, '{');
      return found(lexer, type ? TYPE_OPEN : BLOCK_OPEN);
    }
    case '}':
      if (!valid[CLOSE]) return false;
      advance(lexer);
      close_block(scanner);
      return found(lexer, CLOSE);
    case '(':
    case '[':
      if (!valid[sign == '(' ? PAREN_OPEN : BRACKET_OPEN]) return false;
      advance(lexer);
      // One that stands where none can may well have no partner: lines behind it should not be lost with it.
      if (!recovers) open(scanner, (char)sign);
      return found(lexer, sign == '(' ? PAREN_OPEN : BRACKET_OPEN);
    case ')':
    case ']':
      if (!valid[sign == ')' ? PAREN_CLOSE : BRACKET_CLOSE]) return false;
      advance(lexer);
      close_paren(scanner, sign == ')' ? '(' : '[');
      return found(lexer, sign == ')' ? PAREN_CLOSE : BRACKET_CLOSE);
    case '/': {
      bool of_file;
      if (!valid[DOC_MARK] || !doc_mark(lexer, &of_file)) return false;
      scanner->docs = DOC_TEXT | (of_file ? FILE_DOC : 0);
      return found(lexer, of_file ? FILE_DOC_MARK : DOC_MARK);
    }
    default:
      return false;
  }
}
