#!/usr/bin/env python3
"""What deploy/package-texts.py makes has every option, command and key that the binary has.

    tests/package/texts_test.py BINARY
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

BINARY = sys.argv.pop(1)
SOURCE = pathlib.Path(__file__).resolve().parents[2]


def said(*words, **more):
    return subprocess.run(words, check=True, capture_output=True, text=True, **more).stdout


def options_in(page):
    """Those of a page of --help, told from the rest by their place alone."""
    return re.findall(r"^  (?:-\w,)?(--[\w-]+)", page, re.MULTILINE)


class Texts(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.folder.cleanup)
        cls.root = pathlib.Path(cls.folder.name)
        said(SOURCE / "deploy/package-texts.py", BINARY, cls.root)
        cls.help = said(BINARY, "--help")
        cls.configuration = said(BINARY, "--print-default-config")
        listed = cls.help.split("Subcommands:\n")[1].split("\n\n")[0]
        cls.commands = re.findall(r"^  (\w+)", listed, re.MULTILINE)
        cls.own = {c: set(options_in(said(BINARY, c, "--help"))) - {"--help"} for c in cls.commands}
        cls.common = set(options_in(cls.help))
        section, cls.keys = "", []
        for line in cls.configuration.splitlines():
            if heading := re.fullmatch(r"\[([\w.]+)\]", line):
                section = heading[1] + "."
            elif re.fullmatch(r"(?:# )?\[\[.*\]\]", line):
                break
            elif key := re.match(r"(\w+) = ", line):
                cls.keys.append(section + key[1])

    def path(self, name):
        return self.root / "usr/share" / name

    def bash(self, *words):
        """What bash offers for the last word."""
        line = f"""source {self.path('bash-completion/completions/tinybook')}
            compopt() {{ :; }}
            COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
            _tinybook && printf '%s\\n' "${{COMPREPLY[@]}}" """
        return set(said("bash", "-euc", line, "bash", "tinybook", *words).split())

    def fish(self, line):
        completions = self.path("fish/vendor_completions.d/tinybook.fish")
        offered = said("fish", "--no-config", "-c",
                       f"source {completions}; complete -C 'tinybook {line}'")
        return {one.split("\t")[0] for one in offered.splitlines()}

    def test_there_is_something_to_look_for(self):
        self.assertGreater(len(self.common), 10)
        self.assertGreater(len(self.keys), 100)
        self.assertIn("restore", self.commands)
        self.assertIn("--outbox", self.own["restore"])

    def test_bash_offers_every_option_command_and_key(self):
        self.assertEqual(self.bash("-"), self.common | {"-h"})
        self.assertLessEqual(set(self.commands), self.bash(""))
        self.assertEqual(self.bash("--set", ""), {key + "=" for key in self.keys})
        for command, own in self.own.items():
            self.assertEqual(self.bash(command, "--"), self.common | own, command)
        self.assertEqual(self.bash("restore", "--outbox", ""), {"expire", "resume"})

    def test_fish_offers_every_option_command_and_key(self):
        self.assertEqual(self.fish("--"), self.common)
        self.assertLessEqual(set(self.commands), self.fish(""))
        self.assertLessEqual({key + "=" for key in self.keys}, self.fish("--set "))
        for command, own in self.own.items():
            self.assertEqual(self.fish(f"{command} --"), self.common | own, command)
        self.assertLessEqual({"expire", "resume"}, self.fish("restore --outbox "))

    def test_zsh_reads_its_completions_and_they_have_every_option_command_and_key(self):
        file = self.path("zsh/vendor-completions/_tinybook")
        said("zsh", "-n", file)
        text = file.read_text()
        for option in self.common.union(*self.own.values()):
            self.assertRegex(text, rf"['{{,]\*?{option}['}},\[]")
        for command in self.commands:
            self.assertIn(f"'{command}:", text)
            self.assertIn(f"    {command}) _arguments", text)
        offered = re.search(r"compadd -S = -- (.*)", text)[1].split()
        self.assertEqual(offered, self.keys)

    def test_the_man_pages_have_every_option_command_and_key(self):
        page = self.path("man/man1/tinybook.1").read_text().replace("\\-", "-")
        for option in self.common.union(*self.own.values()):
            self.assertIn(f"\\fB{option}\\fR", page)
        for command in self.commands:
            self.assertIn(f".SS tinybook {command}", page)
        keys = re.findall(r"^\.TP\n\\fB(.*)\\fR$", self.path("man/man5/tinybook.toml.5").read_text(),
                          re.MULTILINE)
        array, of_arrays = "", []
        for line in self.configuration.splitlines():
            if heading := re.fullmatch(r"(?:# )?\[\[([\w.]+)\]\]", line):
                array = heading[1] + "."
            elif array and (key := re.match(r"# (\w+) = ", line)):
                of_arrays.append(array + key[1])
        self.assertGreater(len(of_arrays), 20)
        self.assertEqual(keys, self.keys + of_arrays)

    def test_the_configuration_differs_from_the_defaults_in_its_folder_alone(self):
        file = self.root / "etc/tinybook/tinybook.toml"
        self.assertEqual(file.read_text(),
                         self.configuration.replace('\npath = "data"\n',
                                                    '\npath = "/var/lib/tinybook"\n'))
        self.assertIn("valid", said(BINARY, "--config", file, "--check-config"))


if __name__ == "__main__":
    unittest.main()
