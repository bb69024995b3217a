"""The first schema: people, posts, what connects them, and the order of changes."""

import sqlalchemy as sa
from alembic import op

revision = "plaza_0001"
down_revision = None
branch_labels = ("plaza",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plaza_counter",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_plaza_counter")),
    )
    op.create_table(
        "plaza_person",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("skeleton", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("locked", sa.Boolean(), nullable=False),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=True),
        sa.Column("posts", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_person")),
        sa.UniqueConstraint("name", name=op.f("uq_plaza_person_name")),
        sa.UniqueConstraint("skeleton", name=op.f("uq_plaza_person_skeleton")),
    )
    op.create_table(
        "plaza_follow",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_follow_person_id")),
        sa.ForeignKeyConstraint(["target_id"], ["plaza_person.id"], name=op.f("fk_plaza_follow_target_id")),
        sa.PrimaryKeyConstraint("person_id", "target_id", name=op.f("pk_plaza_follow")),
    )
    op.create_index(op.f("ix_plaza_follow_target_id"), "plaza_follow", ["target_id"], unique=False)
    op.create_table(
        "plaza_notification",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.Integer(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["plaza_person.id"], name=op.f("fk_plaza_notification_by_id")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_notification_person_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_notification")),
        sa.UniqueConstraint(
            "person_id",
            "kind",
            "by_id",
            "subject",
            name=op.f("uq_plaza_notification_person_id_kind_by_id_subject"),
        ),
        sa.UniqueConstraint("seq", name=op.f("uq_plaza_notification_seq")),
    )
    op.create_table(
        "plaza_post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("audience", sa.Text(), nullable=False),
        sa.Column("warning", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("reply_to", sa.Integer(), nullable=True),
        sa.Column("root", sa.Integer(), nullable=True),
        sa.Column("born", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("edited_at", sa.BigInteger(), nullable=True),
        sa.Column("deleted_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_post_person_id")),
        sa.ForeignKeyConstraint(["reply_to"], ["plaza_post.id"], name=op.f("fk_plaza_post_reply_to")),
        sa.ForeignKeyConstraint(["root"], ["plaza_post.id"], name=op.f("fk_plaza_post_root")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_post")),
        sa.UniqueConstraint("person_id", "key", name=op.f("uq_plaza_post_person_id_key")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_plaza_post_person_id_number")),
        sa.UniqueConstraint("seq", name=op.f("uq_plaza_post_seq")),
    )
    op.create_index(op.f("ix_plaza_post_reply_to"), "plaza_post", ["reply_to"], unique=False)
    op.create_index(op.f("ix_plaza_post_root"), "plaza_post", ["root"], unique=False)
    op.create_table(
        "plaza_quota",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_quota_person_id")),
        sa.PrimaryKeyConstraint("person_id", "kind", name=op.f("pk_plaza_quota")),
    )
    op.create_table(
        "plaza_boost",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_boost_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_boost_post_id")),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_plaza_boost")),
        sa.UniqueConstraint("seq", name=op.f("uq_plaza_boost_seq")),
    )
    op.create_index(op.f("ix_plaza_boost_post_id"), "plaza_boost", ["post_id"], unique=False)
    op.create_table(
        "plaza_favourite",
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_favourite_person_id")
        ),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_favourite_post_id")),
        sa.PrimaryKeyConstraint("person_id", "post_id", name=op.f("pk_plaza_favourite")),
    )
    op.create_index(op.f("ix_plaza_favourite_post_id"), "plaza_favourite", ["post_id"], unique=False)
    op.create_table(
        "plaza_mention",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_mention_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_mention_post_id")),
        sa.PrimaryKeyConstraint("post_id", "person_id", name=op.f("pk_plaza_mention")),
    )
    op.create_index(op.f("ix_plaza_mention_person_id"), "plaza_mention", ["person_id"], unique=False)
    op.create_table(
        "plaza_report",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["person_id"], ["plaza_person.id"], name=op.f("fk_plaza_report_person_id")),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_report_post_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plaza_report")),
        sa.UniqueConstraint("post_id", "person_id", name=op.f("uq_plaza_report_post_id_person_id")),
    )
    op.create_table(
        "plaza_tag",
        sa.Column("post_id", sa.Integer(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("live", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["post_id"], ["plaza_post.id"], name=op.f("fk_plaza_tag_post_id")),
        sa.PrimaryKeyConstraint("post_id", "tag", name=op.f("pk_plaza_tag")),
    )
    op.create_index(op.f("ix_plaza_tag_tag"), "plaza_tag", ["tag"], unique=False)
    counter = sa.table("plaza_counter", sa.column("name", sa.Text()), sa.column("value", sa.BigInteger()))
    op.bulk_insert(counter, [{"name": "change", "value": 0}])
