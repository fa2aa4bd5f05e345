"""Tests of `ultralink_data.translation.single_lines`."""

import pytest

from ultralink_data.translation.regions import bare_code
from ultralink_data.translation.single_lines import LONG_LINE, is_code_alone

CODE = (
    "if count > 3: return total",
    "int total = 0;",
    "public static void main(String[] args) {",
    'git commit -m "fix"',
    "return total / count",
    "while (x < 10) {",
    "for (int i = 0; i < n; i++) {",
    "std::cout << total << std::endl;",
    "sudo apt-get install -y curl",
    "docker run -p 80:80 nginx",
    "SELECT name FROM users WHERE id = 3;",
    "x += step;",
    "return self.total",
    "elif value == 0:",
    "} else {",
    'printf("%d", n);',
    "const double PI = 3.14;",
    "cd my_project",
    "ls -la",
    "chmod +x run.sh",
    "npm run build",
    "private String name;",
    "return not_found",
    "raise ValueError",
    "fn main() {",
    "func add(a, b int) int {",
    "UPDATE users SET name = 'a' WHERE id = 1;",
    "$ python main.py --verbose",
    "curl -X POST localhost:80",
    "public class Main {",
    "my_list.append(3)",
    "total_sum = a + b",
    "echo $HOME",
    "mkdir -p build",
    "kubectl get pods -n test",
)
PROSE = (
    "return and rest",
    "return to sender; it is late",
    "return self-employed forms",
    "make it so",
    "git is a tool for versions",
    "if you have more than 3 apples: eat one",
    "let it go;",
    "He left; she stayed;",
    "class of people",
    "Set A = {",
    "The answer is {",
    "return",
    "for example: this one",
    "while it rains: stay inside",
    "from here on",
    "long time;",
    "double standards;",
    "sudo is a command",
    "Update the table and set the value",
    "CREATE TABLE statements",
    "echo chamber",
    "cd players are old",
    "x = 5",
    "ls stands for list",
    "find the value",
    "docker is a program",
    "npm is a package manager",
    "Curl up with a good book",
    "case in point: the tall one",
    "return trip - two days",
    "return input/output",
    "returns total / count",
    "new York;",
    "a = b + c means that",
    "the cost is 3;",
    "public opinion on the matter",
    "static electricity is fun;",
    "final exam;",
    "if a is in b: yes",
)


@pytest.mark.parametrize("line", CODE)
def test_a_line_is_code_without_others_beside_it(line):
    assert is_code_alone(line)
    assert is_code_alone(f"    {line} ")


@pytest.mark.parametrize("line", PROSE)
def test_words_that_code_has_too_make_no_code(line):
    assert not is_code_alone(line)


def test_two_such_lines_are_a_block():
    commands = 'git add .\ngit commit -m "fix bug"'
    assert bare_code(f"Run this:\n{commands}\nThen go on.") == commands.splitlines()


def test_a_very_long_line_is_not_looked_at():
    line = "int total = " + "1 + " * LONG_LINE + "1;"
    assert not is_code_alone(line)
