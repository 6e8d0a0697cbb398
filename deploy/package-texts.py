#!/usr/bin/env python3
"""Writes what the package has beside the binary, from what the binary says of itself: man pages,
completions for bash, zsh and fish, and the configuration in /etc.

    deploy/package-texts.py BINARY ROOT
"""

import pathlib
import re
import subprocess
import sys

DATA = "/var/lib/tinybook"  # As the unit's StateDirectory.


class Entry:
    """A line of the help: `--config FILE    Read this TOML file`."""

    def __init__(self, head, text):
        first, *rest = [word for word in head.split() if word != "REQUIRED"]
        self.names = first.split(",")
        self.value = rest[0].split("=")[0] if rest and "|" in rest[0] else "".join(rest)
        self.choices = self.value.split("|") if "|" in self.value else []
        self.text = text


class Help:
    """A page of --help, as CLI11 lays it out."""

    GROUPS = ("Positionals:", "Options:", "Subcommands:")

    def __init__(self, text):
        about, self.usage, rest = re.fullmatch(
            r"(.*?)\nUsage: (.*?)\n(.*)", text, re.DOTALL).groups()
        self.description = about.replace("\n", " ")
        self.entries = {group: [] for group in self.GROUPS}
        self.footer = []
        # A text that does not fit behind its head stands on the next line.
        rest = re.sub(r"\n {20,}", "   ", rest)
        for block in re.split(r"\n\n+", rest.strip("\n")):
            title, *lines = block.split("\n")
            if title in self.GROUPS:
                self.entries[title] = [
                    Entry(*re.split(r" {2,}", line.strip(), maxsplit=1)) for line in lines]
            else:
                self.footer.append((title, lines))

    @property
    def options(self):
        return self.entries["Options:"]


class Program:
    def __init__(self, binary):
        def said(*words):
            return subprocess.run([binary, *words], check=True, capture_output=True,
                                  text=True).stdout

        self.version = said("--version").strip()
        self.help = Help(said("--help"))
        self.commands = {}
        for entry in self.help.entries["Subcommands:"]:
            name = entry.names[0]
            self.commands[name] = Help(said(name, "--help"))
        self.configuration = said("--print-default-config")

    def own_options(self, command):
        """Those that the command alone has."""
        common = {name for option in self.help.options for name in option.names}
        return [o for o in self.commands[command].options if not common & set(o.names)]


# Arrays of tables, whose keys stand in comments.
ARRAYS = ("admin.tokens", "sms.providers")


def sections_of(configuration):
    """Yields (section, what it is about, [(key, its text)]); of the head the section is None. Each
    text is a list of lines."""
    section, about, keys, text = None, [], [], []
    for line in configuration.splitlines():
        heading = re.fullmatch(r"(?:# )?\[+([a-z_.]+)\]+", line)
        commented = "# " if section in ARRAYS else ""
        key = re.match(commented + r"([a-z][a-z0-9_]*) = ", line)
        if heading:
            yield section, about, keys
            section, about, keys, text = heading[1], text, [], []
        elif key:
            keys.append((key[1], text))
            text = []
        elif line.startswith("# "):
            text.append(line[2:])
        elif text and section in (None, *ARRAYS):  # A paragraph.
            about += text
            text = []
    yield section, about, keys


def full_name(section, key):
    return f"{section}.{key}" if section else key


def roff(text):
    text = text.replace("\\", "\\e").replace("-", "\\-")
    return re.sub(r"^(?=[.'])", r"\\&", text, flags=re.MULTILINE)


def bold(text):
    return f"\\fB{roff(text)}\\fR"


def tagged(tag, text):
    return [".TP", tag, roff(text)]


def title(name, number, version, about):
    # Names of keys and options are not to be broken.
    return [f'.TH {name.upper()} {number} "" "{version}" "tinybook"', ".nh", ".ad l", ".SH NAME",
            f"{name} \\- {roff(about)}"]


def head_of(entry):
    names = ", ".join(bold(name) for name in entry.names)
    return names + (f" \\fI{roff(entry.value)}\\fR" if entry.value else "")


def footer_section(heading, lines):
    page = [f".SH {roff(heading.rstrip(':').upper())}"]
    if heading == "Examples:":
        return page + [".nf", *(roff(line.strip()) for line in lines), ".fi"]
    behind_tag = False
    for line in lines:
        columns = re.split(r" {2,}", line.strip(), maxsplit=1)
        if len(columns) == 2:
            page += tagged(bold(columns[0]), columns[1])
        else:
            page += ([".PP"] if behind_tag else []) + [roff(columns[0])]
        behind_tag = len(columns) == 2
    return page


# Where the package puts it, and its service.
INSTALLED = [
    ("/etc/tinybook/tinybook.toml", "The configuration of the service."),
    ("/var/lib/tinybook", "Its data folder: tinybook.db, keys.json, admin.token. Elsewhere "
     "storage.path says where it is."),
]


def program_page(program):
    shown = program.help
    about = re.match(r"tinybook ([^:.]*)", shown.description)[1]
    page = title("tinybook", 1, program.version, about)
    page += [".SH SYNOPSIS"]
    for usage in [shown.usage, *(c.usage for c in program.commands.values())]:
        page += [bold(usage.split()[0]) + roff(usage[len(usage.split()[0]):]), ".br"]
    page += [".SH DESCRIPTION", roff(shown.description), ".SH OPTIONS"]
    for option in shown.options:
        page += tagged(head_of(option), option.text)
    page += [".SH COMMANDS"]
    for heading, lines in shown.footer:
        if not heading.endswith(":"):
            page += map(roff, [heading, *lines])
    for name, command in program.commands.items():
        page += [f".SS {roff(command.usage)}", roff(command.description)]
        for entry in command.entries["Positionals:"]:
            page += tagged(bold(entry.names[0]), entry.text)
        for entry in program.own_options(name):
            page += tagged(head_of(entry), entry.text)
    for heading, lines in shown.footer:
        if heading.endswith(":"):
            page += footer_section(heading, lines)
    page += [".SH FILES"]
    for path, what in INSTALLED:
        page += tagged(bold(path), what)
    page += [".SH SEE ALSO", ".BR tinybook.toml (5)"]
    return page


def configuration_page(program):
    page = title("tinybook.toml", 5, program.version, "the configuration of tinybook")
    for section, about, keys in sections_of(program.configuration):
        if section is None:
            page += [".SH DESCRIPTION"]
        else:
            page += [f".SS [{roff(section)}]"]
        for line in about:
            page += [".PP", f"{roff(line.strip())}", ".PP"] if line.startswith(" ") else [roff(line)]
        if section is None:
            page += [".SH KEYS"]
        for key, text in keys:
            page += tagged(bold(full_name(section, key)), " ".join(text))
    page += [".SH SEE ALSO", ".BR tinybook (1)"]
    return page


def key_names(program):
    return [full_name(section, key)
            for section, _, keys in sections_of(program.configuration)
            if section not in ARRAYS for key, _ in keys]


def names_of(options):
    return " ".join(name for option in options for name in option.names)


def bash(program):
    all_options = program.help.options + [
        o for name in program.commands for o in program.own_options(name)]

    def after(value):
        """The options whose value is such a one, as a pattern of `case`."""
        return " | ".join(n for o in all_options if o.value == value for n in o.names)

    lines = ["_tinybook() {",
             "  local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}",
             f"  local command='' word options='{names_of(program.help.options)}'",
             '  for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do',
             '    case $word in',
             f"    {' | '.join(program.commands)}) command=$word ;;",
             "    esac", "  done",
             "  case $prev in",
             f"  {after('FILE')})",
             "    compopt -o filenames",
             '    mapfile -t COMPREPLY < <(compgen -f -- "$cur")', "    return ;;",
             f"  {after('SECTION.KEY=VALUE')})",
             "    compopt -o nospace",
             "    mapfile -t COMPREPLY < <(compgen -S = -W '"
             + " ".join(key_names(program)) + "' -- \"$cur\")", "    return ;;",
             f"  {after('URL')}) return ;;"]
    for option in all_options:
        if option.choices:
            lines += [f"  {option.names[0]})",
                      f"    mapfile -t COMPREPLY < <(compgen -W '{' '.join(option.choices)}'"
                      ' -- "$cur")', "    return ;;"]
    lines += ["  esac", "  case $command in",
              f"  '') options+=' {' '.join(program.commands)}' ;;"]
    for name in program.commands:
        lines += [f"  {name}) options+=' {names_of(program.own_options(name))}' ;;"]
    folders = [n for n, c in program.commands.items() if c.entries["Positionals:"]]
    lines += ["  esac", '  mapfile -t COMPREPLY < <(compgen -W "$options" -- "$cur")',
              "  case $command in", f"  {' | '.join(folders)})",
              "    compopt -o filenames",
              '    mapfile -t -O ${#COMPREPLY[@]} COMPREPLY < <(compgen -d -- "$cur") ;;',
              "  esac", "}", "complete -F _tinybook tinybook"]
    return lines


def zsh(program):
    def quoted(text):
        return "'" + text.replace("'", "'\\''") + "'"

    def escaped(text):
        return re.sub(r"([\[\]:\\])", r"\\\1", text)

    def argument(option):
        names, several = option.names, "*" if option.value == "SECTION.KEY=VALUE" else ""
        action = {"": "", "FILE": ":FILE:_files", "URL": ":URL: ",
                  "SECTION.KEY=VALUE": ":SECTION.KEY=VALUE:_tinybook_keys"}.get(
                      option.value, f":value:({' '.join(option.choices)})")
        if len(names) > 1:
            return (quoted(f"({' '.join(names)})") + "{" + ",".join(names) + "}"
                    + quoted(f"[{escaped(option.text)}]{action}"))
        return quoted(f"{several}{names[0]}[{escaped(option.text)}]{action}")

    lines = ["#compdef tinybook", "_tinybook_keys() {",
             f"  compadd -S = -- {' '.join(key_names(program))}", "}", "_tinybook() {",
             "  local state curcontext=$curcontext", "  local -a commands options", "  commands=("]
    lines += ["    " + quoted(f"{name}:{command.description}")
              for name, command in program.commands.items()]
    lines += ["  )", "  options=("]
    lines += ["    " + argument(option) for option in program.help.options]
    lines += ["  )", "  _arguments -C $options '1: :->command' '*:: :->rest'", "  case $state in",
              "  command) _describe command commands ;;", "  rest)", "    case $words[1] in"]
    for name, command in program.commands.items():
        more = [argument(o) for o in program.own_options(name)]
        more += ["'1:FOLDER:_files -/'" for _ in command.entries["Positionals:"]]
        lines += [f"    {name}) _arguments $options {' '.join(more)} ;;"]
    return lines + ["    esac", "    ;;", "  esac", "}", '_tinybook "$@"']


def fish(program):
    def quoted(text):
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"

    def option_line(option, condition=""):
        names = " ".join(("-l " + n[2:]) if n.startswith("--") else ("-s " + n[1:])
                         for n in option.names)
        value = {"": "", "FILE": " -rF", "URL": " -x",
                 "SECTION.KEY=VALUE": f" -x -a {quoted(' '.join(k + '=' for k in key_names(program)))}"
                 }.get(option.value, f" -x -a {quoted(' '.join(option.choices))}")
        return f"complete -c tinybook{condition} {names}{value} -d {quoted(option.text)}"

    lines = ["complete -c tinybook -f"]
    lines += [option_line(option) for option in program.help.options]
    for name, command in program.commands.items():
        behind = f" -n '__fish_seen_subcommand_from {name}'"
        lines += [f"complete -c tinybook -n __fish_use_subcommand -a {name}"
                  f" -d {quoted(command.description)}"]
        lines += [option_line(option, behind) for option in program.own_options(name)]
        lines += [f"complete -c tinybook{behind} -a '(__fish_complete_directories)'"
                  for _ in command.entries["Positionals:"]]
    return lines


def configuration(program):
    text, count = re.subn(r'^path = "data"$', f'path = "{DATA}"', program.configuration,
                          flags=re.MULTILINE)
    if count != 1:
        sys.exit("error: storage.path does not stand in the configuration as expected")
    return text.splitlines()


def main():
    binary, root = sys.argv[1:]
    program = Program(binary)
    for path, make in {
            "etc/tinybook/tinybook.toml": configuration,
            "usr/share/man/man1/tinybook.1": program_page,
            "usr/share/man/man5/tinybook.toml.5": configuration_page,
            "usr/share/bash-completion/completions/tinybook": bash,
            "usr/share/zsh/vendor-completions/_tinybook": zsh,
            "usr/share/fish/vendor_completions.d/tinybook.fish": fish}.items():
        file = pathlib.Path(root, path)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("\n".join(make(program)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
