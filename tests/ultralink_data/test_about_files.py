from ultralink_data.about_files import is_about


def test_cards_figures_and_logs_are_about_the_content_wherever_they_stand():
    assert all(map(is_about, ("README.md", "final/metrics.jsonl", "loss.png", "x/_a.json")))
    assert not any(map(is_about, ("config.json", "README.md/x", "a_b", "model.safetensors")))
