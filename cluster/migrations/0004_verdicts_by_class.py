"""A verdict is about one class of Pods in one direction; before, nothing ever filled the table."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cluster", "0003_held_imports"),
    ]

    operations = [
        migrations.DeleteModel(name="PolicyVerdict"),
        migrations.CreateModel(
            name="PolicyVerdict",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("namespace", models.CharField(max_length=253, verbose_name="namespace")),
                ("digest", models.CharField(max_length=32, verbose_name="class")),
                ("direction", models.CharField(max_length=7, verbose_name="direction")),
                (
                    "standing",
                    models.CharField(
                        choices=[("open", "open"), ("limited", "limited"), ("closed", "closed")],
                        max_length=7,
                        verbose_name="standing",
                    ),
                ),
                ("pod", models.CharField(max_length=253, verbose_name="first Pod")),
                ("pods", models.PositiveIntegerField(verbose_name="Pods")),
                ("is_node", models.BooleanField(verbose_name="on its Node's network")),
                ("isolated_by", models.JSONField(default=list, verbose_name="isolated by")),
                ("allows", models.JSONField(default=list, verbose_name="allows")),
                ("left_out", models.PositiveIntegerField(verbose_name="not listed")),
                (
                    "cluster",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="cluster.cluster",
                    ),
                ),
            ],
            options={
                "verbose_name": "policy verdict",
                "verbose_name_plural": "policy verdicts",
                "base_manager_name": "objects",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("cluster", "namespace", "digest", "direction"),
                        name="verdict_class",
                    )
                ],
            },
        ),
    ]
